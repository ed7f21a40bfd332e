import { startWorker } from 'trilane/worker';

/** Quantizes a safetensors file of any size, read by slices; the page stays responsive. */
export async function quantizeFile(file, { signal, onProgress }) {
  const worker = await startWorker();
  try {
    const opened = await worker.openSafetensors(file);
    return await opened.quantize({ format: 'tl2', per: 'row' }, { signal, onProgress }); // a Blob: what `trilane quantize` writes
  } finally {
    worker.terminate();
  }
}
