import { load } from 'trilane';
import module from 'trilane/trilane-kernels-relaxed.wasm'; // or trilane-kernels.wasm, without relaxed SIMD

const tl = await load({ module });
