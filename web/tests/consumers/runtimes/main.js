import { load } from 'trilane';
import { startWorker } from 'trilane/worker';
import { quantizeFile } from '../readme/worker.js';

const tl = await load();
const small = tl.writeSafetensors({ a: { shape: [2, 3], data: Float32Array.of(4, 1, -1, -2, 0.5, 3) } });
const quantized = await quantizeFile(new File([small], 'small'), {});
const { format } = tl.openSafetensors(await quantized.arrayBuffer()).matrix('a');

const worker = await startWorker();
const opened = await worker.openSafetensors(new Blob([small]));
const refused = await worker.openSafetensors(new Blob(['none'])).catch(({ code }) => code);
const weights = [...(await opened.weights('a'))];
console.log(JSON.stringify({ arch: tl.arch, workerArch: worker.arch, format, refused, weights }));
worker.terminate();
