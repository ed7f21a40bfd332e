/// Carries out a task: sets up the contestants of a case, checks their results, then times them in turn.

import type { Trilane } from 'trilane';
import { type Contestant, loadTrilane, onnxruntime, onnxruntimeVersion, trilane } from './contestants.ts';
import { type Problem, exactProduct, makeActivations, makeProblem, relativeError } from './problem.ts';
import type { Answer, Case, Message, Samples, Task } from './protocol.ts';
import { clockTick, sample, shuffled, warmUp } from './sampler.ts';

const warmUpMs = 200;

const tell = (message: Message) => self.postMessage(message);

const nameOf = ({ rows, columns, vectors }: Case) => `${rows}×${columns}, N = ${vectors}`;

async function timeInTurn(
  contestants: Contestant[],
  exact: Float64Array,
  rounds: number,
  tick: number,
  onProgress: (done: number) => void,
): Promise<Samples[]> {
  const ready: { contestant: Contestant; samples: Samples }[] = [];
  for (const contestant of contestants) {
    const error = relativeError(await contestant.multiply(), exact);
    if (!(error <= contestant.tolerance)) {
      throw new Error(`${contestant.name} (${contestant.setting}) computes something else: its relative error is ${error}`);
    }
    const calls = await warmUp(contestant.multiply, tick, warmUpMs);
    const { name, setting } = contestant;
    ready.push({ contestant, samples: { contestant: name, setting, relativeError: error, calls, nanoseconds: [] } });
    onProgress(ready.length / contestants.length / (rounds + 1));
  }
  for (let round = 0; round < rounds; ++round) {
    for (const { contestant, samples } of shuffled(ready)) {
      const { ms, calls } = await sample(contestant.multiply, samples.calls, tick);
      samples.calls = calls;
      samples.nanoseconds.push(ms * 1e6);
    }
    onProgress((round + 2) / (rounds + 1));
  }
  return ready.map(({ samples }) => samples);
}

/** What all contestants of a case are given, and what they shall give. */
interface Prepared {
  of: Case;
  problem: Problem;
  x: Float32Array;
  exact: Float64Array;
}

/** As much of `last` as fits is kept: cases that follow each other often differ in little. */
function prepare(next: Case, last: Prepared | null): Prepared {
  const sameShape = next.rows === last?.of.rows && next.columns === last.of.columns;
  if (sameShape && next.vectors === last?.of.vectors) return last;
  const problem = sameShape && last ? last.problem : makeProblem(next);
  const x = makeActivations(next.columns, next.vectors);
  return { of: next, problem, x, exact: exactProduct(problem, x) };
}

async function carryOut({ cases, format, rounds }: Task): Promise<Answer> {
  const tick = clockTick();
  const libraries: Trilane[] = format ? await loadTrilane() : [];
  const whyNotRelaxed = libraries[1]?.whyNotRelaxed ?? null;
  if (whyNotRelaxed !== null) libraries.pop();
  let prepared: Prepared | null = null;
  const answers: Samples[][] = [];
  for (const [index, next] of cases.entries()) {
    const onProgress = (done: number) => tell({ done: (index + done) / cases.length, status: nameOf(next) });
    onProgress(0);
    prepared = prepare(next, prepared);
    const { problem, x, exact } = prepared;
    const contestants: Contestant[] = [];
    for (const library of libraries) contestants.push(trilane(library, format!, problem, x));
    for (const candidate of next.candidates) contestants.push(await onnxruntime(candidate, problem, x));
    answers.push(await timeInTurn(contestants, exact, rounds, tick, onProgress));
    for (const contestant of contestants) await contestant.free();
  }
  return {
    tickNanoseconds: tick * 1e6,
    versions: { trilane: libraries[0]?.version ?? null, onnxruntimeWeb: onnxruntimeVersion() },
    whyNotRelaxed,
    cases: answers,
  };
}

self.addEventListener('message', async ({ data }: MessageEvent<Task>) => {
  try {
    tell({ answer: await carryOut(data) });
  } catch (error) {
    tell({ error: error instanceof Error ? error.message : String(error) });
  }
});
