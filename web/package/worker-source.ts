/** Where the worker's script lies in the sources. build.ts puts the package's own in its place. */
export const createWorker = (): Worker =>
  new Worker(new URL('./worker-script.ts', import.meta.url), { type: 'module', name: 'trilane' });

/** The same by another address, for development servers that bundle a package's code and lose the scripts beside it. */
export const createWorkerOtherwise: (() => Promise<Worker>) | null = null;
