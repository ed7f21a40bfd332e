/** Cross-origin isolation: Chromium's clock then ticks every 5 µs, not every 100. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
