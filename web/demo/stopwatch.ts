/// How long something short takes, as well as the browser's clock can tell. Clocks tick every 5 µs to 1 ms, so a sample is as
/// many runs as make its length sure to 1 %.

const ticksASample = 100;
const leastMs = 2;

let tick: number | null = null;

/** What the clock moves by, in milliseconds: measured, since browsers do not say. */
export function clockTick(): number {
  if (tick !== null) return tick;
  let least = Infinity;
  for (let i = 0; i < 10; ++i) {
    const before = performance.now();
    let after = before;
    while (after === before) after = performance.now();
    least = Math.min(least, after - before);
  }
  return (tick = least);
}

/** Times runs of one function. */
export class Stopwatch {
  readonly #run: () => void;
  #runs = 1;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Nanoseconds of one run, the mean of a sample. The first call finds how many runs a sample takes, and warms up by that. */
  sample(): number {
    const needed = Math.max(ticksASample * clockTick(), leastMs);
    for (;;) {
      const before = performance.now();
      for (let i = 0; i < this.#runs; ++i) this.#run();
      const taken = performance.now() - before;
      if (taken >= needed) return (taken * 1e6) / this.#runs;
      this.#runs *= 2;
    }
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
