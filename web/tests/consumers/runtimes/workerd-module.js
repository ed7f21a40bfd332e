import '../readme/cloudflare.js';
import { load } from 'trilane';
import plain from 'trilane/trilane-kernels.wasm';
import relaxed from 'trilane/trilane-kernels-relaxed.wasm';

export default {
  async test() {
    for (const module of [plain, relaxed]) {
      const tl = await load({ module });
      const matrix = tl.quantize(Float32Array.of(4, 1, -1, -2, 0.5, 3), { format: 'tl2', rows: 2, columns: 3 });
      console.log(`${tl.arch}, ${tl.whyNotRelaxed}: ${matrix.multiply(Float32Array.of(1, 2, 3)).join(' ')}`);
      matrix.free();
    }
  },
};
