import type { Baseline } from '../bench/baseline.ts';
import type { Tier } from '../bench/protocol.ts';

/** A median above this many times that of forced optimised code means that V8's baseline compiler made what was measured: such code takes about 3 times as long. */
const threshold = 1.25;

/** Runs the cases that `filter` chooses in a fresh browser, with `optimized` in one that has no baseline compiler; returns the baseline. */
export type Rerun = (filter: string, optimized: boolean) => Promise<string>;

/** The medians of a baseline, in nanoseconds, by "case arch". */
function medians(text: string): Map<string, number> {
  const { benchmarks } = JSON.parse(text) as Baseline;
  return new Map(benchmarks.map(({ case: name, arch, estimates }) => [`${name} ${arch}`, estimates.median.point_estimate]));
}

/** Which tier of the JIT ran each case, told from the times of code that is certainly optimised. */
export function tiersOf(measured: string, optimized: string): Record<string, Tier> {
  const references = medians(optimized);
  const tiers: Record<string, Tier> = {};
  for (const [name, median] of medians(measured)) {
    const reference = references.get(name);
    if (reference !== undefined) tiers[name] = median <= threshold * reference ? 'optimizing' : 'baseline';
  }
  return tiers;
}

/** A pattern of the cases of these "case arch"; `otherwise` where it would be too long for an address. */
function patternOf(names: string[], otherwise: string): string {
  const cases = new Set(names.map((name) => name.split(' ')[0]!));
  const pattern = `^(${[...cases].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`;
  return pattern.length > 4000 ? otherwise : pattern;
}

/** The tiers of a baseline's cases, which `filter` chose. */
export async function findTiers(baseline: string, filter: string, rerun: Rerun): Promise<Record<string, Tier>> {
  const tiers = tiersOf(baseline, await rerun(filter, true));
  const suspects = Object.keys(tiers).filter((name) => tiers[name] === 'baseline');
  if (suspects.length === 0) return tiers;
  // Equal code may differ by as much where something else runs on the machine, too. It hardly does so twice.
  const narrowed = patternOf(suspects, filter);
  const again = await rerun(narrowed, false);
  const second = tiersOf(again, await rerun(narrowed, true));
  for (const name of suspects) tiers[name] = second[name] ?? 'baseline';
  return tiers;
}
