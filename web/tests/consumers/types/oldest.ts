// What the oldest compiler must take: it knows neither `using` nor Uint8Array<ArrayBuffer>.
import { type Conversion, type SafetensorsFile, type TernaryMatrix, load } from 'trilane';
import { type TrilaneWorker, startWorker } from 'trilane/worker';

const tl = await load();
const matrix: TernaryMatrix = tl.quantize(new Float32Array(6), { format: 'tl2', rows: 2, columns: 3 });
const file: SafetensorsFile = tl.openSafetensors(tl.writeSafetensors({ matrix }).buffer);
const conversion: Conversion = file.dequantize();
const blob = new Blob([conversion.finish(), matrix.codes()]);
matrix[Symbol.dispose]();
const worker: TrilaneWorker = await startWorker({ signal: undefined, timeoutMs: 1000 });
console.log((await worker.openSafetensors(blob)).tensors);
