/// Those that multiply: each from a Float32Array to a Float32Array, set up as well as it can be.

import * as ort from 'onnxruntime-web/wasm';
import { type Trilane, load } from 'trilane';
import { type Problem, floatWeights } from './problem.ts';
import type { Candidate, Format } from './protocol.ts';
import { externalData } from './weights.ts';

export interface Contestant {
  name: string;
  setting: string;
  /** How far its result may be from the exact one, relative to that. */
  tolerance: number;
  multiply(): Promise<Float32Array> | Float32Array;
  free(): Promise<void> | void;
}

/** float32's own rounding, over sums of 10⁴ terms. */
const ofFloats = 1e-5;
/** 8-bit activations with a zero point: half a step of 255. */
const ofBytes = 1e-2;

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

export const onnxruntimeVersion = (): string => ort.env.versions.web ?? 'unknown';

export async function onnxruntime(candidate: Candidate, problem: Problem, x: Float32Array): Promise<Contestant> {
  const { setting } = candidate;
  const prepack = setting.kind !== 'float32' || setting.prepack;
  const session = await ort.InferenceSession.create(
    Uint8Array.from(atob(candidate.model), (character) => character.charCodeAt(0)),
    {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      preferredOutputLocation: 'cpu',
      externalData: externalData(setting, problem),
      extra: { session: { disable_prepacking: prepack ? '0' : '1' }, mlas: { use_lut_gemm: '1' } },
    },
  );
  const feeds = { x: new ort.Tensor('float32', x, [x.length / problem.columns, problem.columns]) };
  return {
    name: `onnxruntime-web ${setting.kind}`,
    setting: candidate.name,
    tolerance: setting.kind === 'float32' ? ofFloats : ofBytes,
    multiply: async () => (await session.run(feeds))['y']!.data as Float32Array,
    free: () => session.release(),
  };
}

export const loadTrilane = (): Promise<Trilane[]> => Promise.all([load({ relaxed: false }), load({ relaxed: true })]);

export function trilane(library: Trilane, format: Format, problem: Problem, x: Float32Array): Contestant {
  const { rows, columns } = problem;
  const matrix = library.quantize(floatWeights(problem), { format, rows, columns, scale: 'absmax' });
  const y = new Float32Array((x.length / columns) * rows);
  return {
    name: `trilane ${library.arch}`,
    setting: format,
    tolerance: ofFloats,
    multiply: () => matrix.multiply(x, y),
    free: () => matrix.free(),
  };
}
