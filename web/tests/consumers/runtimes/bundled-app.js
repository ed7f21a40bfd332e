import { load } from 'trilane';
import { startWorker } from 'trilane/worker';

load().then(async ({ arch }) => {
  console.log(arch);
  globalThis.Worker = class {}; // Node has none
  await startWorker().catch(({ code, message }) => console.log(code, message));
});
