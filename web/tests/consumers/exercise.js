/** What every consumer does with the kernels: numbers that must be the same everywhere. */
export async function exercise(tl) {
  const weights = Float32Array.from({ length: 24 * 300 }, (_, i) => Math.fround(((i * 7919) % 1000) / 500 - 1));
  const x = Float32Array.from({ length: 2 * 300 }, (_, i) => Math.fround(((i * 104729) % 1000) / 500 - 1));
  const results = [];
  for (const format of ['i2_s', 'tl1', 'tl2']) {
    const matrix = await tl.quantize(weights, { format, rows: 24, columns: 300, per: 'row' });
    const y = await matrix.multiply(x);
    const { snrDb } = await matrix.quality(weights);
    results.push({ format, y: [...y], snrDb });
    matrix.free();
  }
  let code = 'none';
  try {
    await tl.quantize(weights, { format: 'tl2', rows: 1, columns: 1 });
  } catch (error) {
    code = error instanceof Error ? error.code : 'no Error';
  }
  return { results, code };
}
