import { exercise } from './exercise.js';
import { load } from './trilane/index.js';
import { startWorker } from './trilane/worker.js';

async function run() {
  const tl = await load();
  const worker = await startWorker();
  const [here, there] = [await exercise(tl), await exercise(worker)];
  worker.terminate();
  return { arch: tl.arch, workerArch: worker.arch, here, there };
}
globalThis.result = await run().catch((error) => ({ error: String(error), code: error.code }));
