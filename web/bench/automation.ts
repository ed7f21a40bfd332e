import type { BenchClient } from './client.ts';
import type { Tier, TrilaneBench } from './protocol.ts';

declare global {
  var trilaneBench: TrilaneBench;
}

/** Offers to the headless runner what only the harness can do with baselines. */
export function offerAutomation(client: BenchClient): void {
  globalThis.trilaneBench = {
    merge: (texts) => client.call('merge', texts),
    setTiers: (text, tiers) => client.call('setTiers', text, Object.entries(tiers).map(splitKey)),
    compare: (a, b, cross) => client.call('compare', { name: 'A', text: a }, { name: 'B', text: b }, cross),
  };
}

/** Neither a case nor an arch has a space in its name. */
function splitKey([key, tier]: [string, Tier]): [name: string, arch: string, tier: Tier] {
  const [name = '', arch = ''] = key.split(' ');
  return [name, arch, tier];
}
