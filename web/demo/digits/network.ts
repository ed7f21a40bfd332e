/// The digit network: 784 pixels → 256 → 128 → 10 classes, ReLU between the layers. Its products run either on the float32
/// weights, in plain TypeScript, or on the same weights quantized, by trilane.

/** Y = X·Wᵀ: N vectors, row-major, to N vectors. trilane's `TernaryMatrix.multiply` is one. */
export type Multiply = (x: Float32Array) => Float32Array;

export const imageSize = 28;
export const pixelsAnImage = imageSize * imageSize;
export const classes = 10;

/** The layers' names in the file, in the order of their application: `<name>.weight` [rows, columns], `<name>.bias` [rows]. */
export const layerNames = ['hidden1', 'hidden2', 'output'] as const;

/** One layer's parameters as the file holds them. */
export interface Layer {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** rows × columns, row-major. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** What of trilane's SafetensorsFile is read here. */
export interface WeightsFile {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  weights(name: string): Float32Array;
}

/** The layers that `tests/data/digits.safetensors` holds. */
export function layersOf(file: WeightsFile): Layer[] {
  return layerNames.map((name) => {
    const found = file.tensors.find((tensor) => tensor.name === `${name}.weight`);
    const [rows, columns] = found?.shape ?? [];
    if (rows === undefined || columns === undefined) throw new Error(`the file has no matrix '${name}.weight'`);
    return { name, rows, columns, weights: file.weights(`${name}.weight`), bias: file.weights(`${name}.bias`) };
  });
}

/** The product with a layer's float32 weights, at least four rows of them; sums are float64. */
export function floatMultiply({ weights, rows, columns }: Pick<Layer, 'weights' | 'rows' | 'columns'>): Multiply {
  return (x) => {
    const vectors = x.length / columns;
    const y = new Float32Array(vectors * rows);
    for (let vector = 0; vector < vectors; ++vector) {
      // Four rows at a time share the loads of x; the last four may overlap those before.
      for (let row = 0; row < rows; row += 4) {
        fourRows(weights, Math.min(row, rows - 4), columns, x, vector * columns, y, vector * rows);
      }
    }
    return y;
  };
}

function fourRows(
  weights: Float32Array,
  row: number,
  columns: number,
  x: Float32Array,
  fromX: number,
  y: Float32Array,
  toY: number,
): void {
  const from0 = row * columns;
  const from1 = from0 + columns;
  const from2 = from1 + columns;
  const from3 = from2 + columns;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  for (let k = 0; k < columns; ++k) {
    const value = x[fromX + k]!;
    sum0 += weights[from0 + k]! * value;
    sum1 += weights[from1 + k]! * value;
    sum2 += weights[from2 + k]! * value;
    sum3 += weights[from3 + k]! * value;
  }
  y[toY + row] = sum0;
  y[toY + row + 1] = sum1;
  y[toY + row + 2] = sum2;
  y[toY + row + 3] = sum3;
}

/** The network over any products: `new Network(layers, layers.map(floatMultiply))`, or with matrices that trilane quantized. */
export class Network {
  readonly #steps: { multiply: Multiply; bias: Float32Array }[];

  constructor(layers: readonly Pick<Layer, 'bias'>[], products: readonly Multiply[]) {
    this.#steps = layers.map(({ bias }, i) => {
      const multiply = products[i];
      if (multiply === undefined) throw new Error(`${layers.length} layers need as many products, not ${products.length}`);
      return { multiply, bias };
    });
  }

  /** N × 784 pixels of 0 … 1 to N × 10 probabilities. */
  probabilities(pixels: Float32Array): Float32Array {
    let x = pixels;
    this.#steps.forEach(({ multiply, bias }, i) => {
      x = multiply(x);
      addBias(x, bias);
      if (i + 1 < this.#steps.length) relu(x);
    });
    softmax(x);
    return x;
  }
}

function addBias(x: Float32Array, bias: Float32Array): void {
  for (let i = 0; i < x.length; ++i) x[i]! += bias[i % bias.length]!;
}

function relu(x: Float32Array): void {
  for (let i = 0; i < x.length; ++i) if (x[i]! < 0) x[i] = 0;
}

/** Of every 10 values. */
function softmax(x: Float32Array): void {
  for (let from = 0; from < x.length; from += classes) {
    const values = x.subarray(from, from + classes);
    const most = Math.max(...values);
    let sum = 0;
    for (let i = 0; i < classes; ++i) sum += values[i] = Math.exp(values[i]! - most);
    for (let i = 0; i < classes; ++i) values[i]! /= sum;
  }
}

/** The likeliest digit of every 10 probabilities; the smaller of two that are equal. */
export function likeliest(probabilities: Float32Array): Uint8Array {
  return Uint8Array.from({ length: probabilities.length / classes }, (_, image) => {
    const values = probabilities.subarray(image * classes, (image + 1) * classes);
    return values.indexOf(Math.max(...values));
  });
}
