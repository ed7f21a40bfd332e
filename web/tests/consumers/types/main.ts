// What a consumer's compiler must take, and what it must not.
import { type Format, type Quality, type TernaryMatrix, TrilaneError, load } from 'trilane';
import { type WorkerMatrix, startWorker } from 'trilane/worker';

const tl = await load({ relaxed: false });
const format: Format = 'tl2';
const matrix: TernaryMatrix = tl.quantize(new Float32Array(6), { format, rows: 2, columns: 3, per: 'row', scale: 'absmax' });
const y: Float32Array = matrix.multiply(new Float32Array(3), new Float32Array(2));
const quality: Quality = matrix.quality(new Float32Array(6));
const file = tl.openSafetensors(tl.writeSafetensors({ matrix, y: { shape: [2], data: y } }));
const names: string[] = file.tensors.map(({ name }) => name);
const arch: 'scalar' | 'simd128' | 'relaxed' = tl.arch;
{
  using again = file.matrix('matrix');
  again.codes();
}
const worker = await startWorker({ signal: AbortSignal.timeout(1000) });
const there: WorkerMatrix = await worker.quantize(new Float32Array(6), { format, rows: 2, columns: 3 }, { transfer: true });
const opened = await worker.openSafetensors(new Blob([]));
console.log(new Blob([tl.writeSafetensors({ matrix }), matrix.codes()]));
const blob: Blob = await opened.quantize({ format, include: /w/ }, { onProgress: (done: number) => console.log(done) });
const error = new TrilaneError('io', 'gone');
const code: string = error.code;
console.log(quality.snrDb, names, arch, there.bitsPerWeight, blob.size, code);

// @ts-expect-error a format that there is not
tl.quantize(new Float32Array(1), { format: 'q4', rows: 1, columns: 1 });
// @ts-expect-error no rows
tl.quantize(new Float32Array(1), { format, columns: 1 });
// @ts-expect-error a matrix comes from quantize()
Reflect.construct(TernaryMatrix, []);
// @ts-expect-error float64
matrix.multiply(new Float64Array(3));
