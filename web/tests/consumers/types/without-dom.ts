// Nothing of a browser is needed for the types of the kernels.
import { type Trilane, load } from 'trilane';

export const tl: Trilane = await load({ module: {}, relaxed: undefined });
export const bytes: Uint8Array = tl.quantize(new Float32Array(6), { format: 'tl2', rows: 2, columns: 3, per: undefined }).codes();
