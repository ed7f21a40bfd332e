import { spoilers, tierOf } from '../bench/facts.ts';
import { element, make } from '../shared/element.ts';
import { bytes, bytesRate, count, time } from '../shared/format.ts';
import type { File, MeasuredBaseline } from './data.ts';
import { headOf } from './table.ts';

interface Line {
  title: string;
  text(baseline: MeasuredBaseline): string;
}

const cacheOf = ({ level, type, size }: { level: number; type: string; size: number }) =>
  `L${level}${type === 'unified' ? '' : ` ${type}`} ${bytes(size)}`;

/** Bandwidth of the smallest and the largest working set, on one thread. */
function bandwidthOf({ calibration }: MeasuredBaseline): string {
  const sets = calibration.bandwidth.filter(({ threads }) => threads === 1).sort((a, b) => a.working_set - b.working_set);
  const ends = sets.length > 1 ? [sets[0]!, sets.at(-1)!] : sets;
  return ends.map(({ working_set, read_gb_per_s }) => `${bytesRate(read_gb_per_s * 1e9)} in ${bytes(working_set)}`).join(', ');
}

const peakOf = ({ calibration }: MeasuredBaseline): string =>
  calibration.int8_mac
    .filter(({ threads }) => threads === 1)
    .map(({ arch, gmac_per_s }) => `${arch} ${gmac_per_s.toPrecision(3)}`)
    .join(', ');

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function falseAlarms({ noise }: MeasuredBaseline): string {
  if (!noise) return '';
  const { lower_bound, upper_bound } = noise.alarm_rate;
  return `${count(noise.alarms)} of ${count(noise.verdicts)} verdicts (${percent(lower_bound)} … ${percent(upper_bound)})`;
}

/** Counted instructions by cycle, the lowest and the highest of the cases. */
function instructionsByCycle({ benchmarks }: MeasuredBaseline): string {
  const rates = benchmarks.flatMap(({ counters }) => (counters ? [counters.instructions / counters.cycles] : []));
  if (rates.length === 0) return '';
  const [least, most] = rates.reduce(([low, high], rate) => [Math.min(low, rate), Math.max(high, rate)], [Infinity, 0]);
  return `${least.toFixed(2)} … ${most.toFixed(2)}`;
}

const lines: Line[] = [
  { title: 'Platform', text: ({ environment }) => environment.platform },
  { title: 'CPU', text: ({ environment }) => environment.cpu.model ?? 'unknown' },
  { title: 'Logical cores', text: ({ environment }) => String(environment.cpu.logical_cores) },
  { title: 'Caches', text: ({ environment }) => environment.cpu.caches.map(cacheOf).join(', ') },
  { title: 'CPU features', text: ({ environment }) => environment.cpu.features.join(' ') },
  { title: 'OS', text: ({ environment }) => environment.os ?? 'unknown' },
  { title: 'Engine', text: ({ environment: { engine } }) => (engine ? `${engine.name} ${engine.version}` : '') },
  { title: 'JIT tier', text: ({ benchmarks }) => tierOf(benchmarks) },
  {
    title: 'Cross-origin isolated',
    text: ({ environment: { cross_origin_isolated: isolated } }) => (isolated === null ? '' : isolated ? 'yes' : 'no'),
  },
  { title: 'Compiler', text: ({ build }) => build.compiler },
  { title: 'Flags', text: ({ build }) => build.flags },
  { title: 'WebAssembly module', text: ({ build }) => (build.module_bytes ? `${count(build.module_bytes)} bytes` : '') },
  { title: 'Version', text: ({ build }) => build.version },
  { title: 'Commit', text: ({ build }) => build.commit + (build.dirty ? ', with changes' : '') },
  { title: 'Created', text: ({ created }) => created },
  { title: 'Clock tick, measured', text: ({ environment }) => time(environment.timer.resolution_ns) },
  { title: 'Launches', text: ({ suite }) => count(suite.launches) },
  { title: 'Cases', text: ({ benchmarks }) => count(new Set(benchmarks.map((one) => one.case)).size) },
  { title: 'Suite', text: ({ suite }) => `${suite.name}, seed ${suite.seed}` },
  { title: 'Read bandwidth', text: bandwidthOf },
  { title: 'int8 peak, 10⁹ a second', text: peakOf },
  { title: 'Instructions a cycle, counted', text: instructionsByCycle },
  { title: 'False alarms, a build against itself', text: falseAlarms },
  { title: 'Slowdown found 9 times in 10', text: ({ noise }) => (noise ? `from ${percent(noise.detectable_effect)} on` : '') },
  { title: 'Fingerprint', text: ({ environment }) => environment.fingerprint ?? 'none: the CPU is unknown' },
];

/** Where the files were measured, a column each, and what of it spoils their times. */
export function showEnvironment(files: File[]): void {
  const table = element<HTMLTableElement>('environment-table');
  const head = make('tr');
  head.append(headOf('', 'col'), ...files.map(({ name }) => headOf(name, 'col')));
  table.tHead!.replaceChildren(head);
  const rows = lines.map(({ title, text }) => ({ title, texts: files.map(({ baseline }) => text(baseline)) }));
  table.tBodies[0]!.replaceChildren(
    ...rows
      .filter(({ texts }) => texts.some(Boolean))
      .map(({ title, texts }) => {
        const row = make('tr');
        row.append(headOf(title, 'row'), ...texts.map((text) => make('td', '', text)));
        return row;
      }),
  );
  element('spoilers').replaceChildren(
    ...files.flatMap(({ name, baseline }) => spoilers(baseline).map((sentence) => make('li', '', `${name}: ${sentence}`))),
  );
}
