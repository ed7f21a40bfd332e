/// Times calls of any contestant in the same way.

export type Call = () => unknown;

const ticksASample = 1000;

/** The clock's tick: the smallest step seen in many, in milliseconds. */
export function clockTick(): number {
  let tick = Infinity;
  let last = performance.now();
  for (let steps = 0; steps < 500; ) {
    const now = performance.now();
    if (now === last) continue;
    tick = Math.min(tick, now - last);
    last = now;
    ++steps;
  }
  return tick;
}

/** Milliseconds that `calls` calls take, one after the other. */
async function time(call: Call, calls: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; ++i) await call();
  return performance.now() - start;
}

/**
 * Calls in batches of at least 1000 ticks until it becomes no faster: until three batches in a row are less than 2 % faster
 * than the best before them, at least for `leastMs`, at most ten times as long. Returns how many calls a batch needs, a tenth to spare.
 */
export async function warmUp(call: Call, tick: number, leastMs: number): Promise<number> {
  const batchMs = ticksASample * tick;
  const start = performance.now();
  let best = Infinity;
  let calls = 1;
  for (let flat = 0; ; ) {
    const ms = await time(call, calls);
    if (ms < batchMs) {
      calls *= 2;
      continue;
    }
    flat = ms / calls < 0.98 * best ? 0 : flat + 1;
    best = Math.min(best, ms / calls);
    const spent = performance.now() - start;
    if ((flat >= 3 && spent >= leastMs) || spent >= 10 * leastMs) return Math.ceil((1.1 * batchMs) / best);
  }
}

/** Milliseconds of one call: the mean of `calls`, after one that is not timed and brings back what caches hold of it. */
export async function sample(call: Call, calls: number, tick: number): Promise<{ ms: number; calls: number }> {
  await call();
  const total = await time(call, calls);
  return total >= ticksASample * tick ? { ms: total / calls, calls } : sample(call, 2 * calls, tick);
}

/** The same elements in another order, each order equally likely. */
export function shuffled<T>(elements: readonly T[]): T[] {
  const result = [...elements];
  for (let i = result.length - 1; i > 0; --i) {
    const j = Math.floor(Math.random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
