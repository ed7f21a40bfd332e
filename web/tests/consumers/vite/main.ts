import { load } from 'trilane';
import { startWorker } from 'trilane/worker';
// @ts-expect-error plain JavaScript
import { exercise } from './exercise.js';

async function run() {
  const tl = await load();
  const worker = await startWorker();
  return { arch: tl.arch, workerArch: worker.arch, here: await exercise(tl), there: await exercise(worker) };
}
run().then(
  (result) => Object.assign(globalThis, { result }),
  (error: Error) => Object.assign(globalThis, { result: { error: String(error) } }),
);
