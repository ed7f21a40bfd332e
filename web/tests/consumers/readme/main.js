import { load } from 'trilane';

const tl = await load(); // relaxed SIMD where the engine has it, plain SIMD elsewhere: the same bits from both

const weights = Float32Array.of(4, 1, -1, -2, 0.5, 3); // 2 rows of 3
const matrix = tl.quantize(weights, { format: 'tl2', rows: 2, columns: 3 });
console.log(matrix.dequantize().map(Math.sign)); // 1 1 -1 -1 0 1, times mean |w|

const y = matrix.multiply(Float32Array.of(1, 2, 3)); // y = W · x
console.log(y, matrix.quality(weights)); // 0 3.848…, in float32 it would be 3 8: these weights were not trained for it
matrix.free(); // or `using matrix = …`
