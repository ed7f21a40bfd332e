const worker = new Worker('./worker.js', { type: 'module' });
worker.onmessage = ({ data }) => {
  globalThis.result = data;
};
