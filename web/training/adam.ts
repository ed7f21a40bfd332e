/// Adam with decoupled weight decay (Kingma & Ba, 2015; Loshchilov & Hutter, 2019).

const meanDecay = 0.9;
const squareDecay = 0.999;
const epsilon = 1e-8;

export class Adam {
  readonly #parameters: Float32Array;
  readonly #gradients: Float32Array;
  readonly #decay: number;
  readonly #means: Float32Array;
  readonly #squares: Float32Array;
  #steps = 0;

  constructor(parameters: Float32Array, gradients: Float32Array, decay: number) {
    this.#parameters = parameters;
    this.#gradients = gradients;
    this.#decay = decay;
    this.#means = new Float32Array(parameters.length);
    this.#squares = new Float32Array(parameters.length);
  }

  /** One step by the gradients' sum over `count` examples; the gradients are 0 afterwards. */
  step(rate: number, count: number): void {
    const [parameters, gradients, means, squares] = [this.#parameters, this.#gradients, this.#means, this.#squares];
    ++this.#steps;
    const meanCorrection = 1 / (1 - meanDecay ** this.#steps);
    const squareCorrection = 1 / (1 - squareDecay ** this.#steps);
    const kept = 1 - rate * this.#decay;
    for (let i = 0; i < parameters.length; ++i) {
      const gradient = gradients[i]! / count;
      const mean = meanDecay * means[i]! + (1 - meanDecay) * gradient;
      const square = squareDecay * squares[i]! + (1 - squareDecay) * gradient * gradient;
      means[i] = mean;
      squares[i] = square;
      gradients[i] = 0;
      parameters[i] = parameters[i]! * kept - (rate * mean * meanCorrection) / (Math.sqrt(square * squareCorrection) + epsilon);
    }
  }
}
