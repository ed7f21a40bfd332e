/// What the samples of all launches say: rates, ratios with intervals, as JSON and as Markdown.

import type { Environment } from '../bench/protocol.ts';
import type { Answer, Case, Samples, Shape } from './protocol.ts';
import { type Estimate, geometricMean, median } from './statistics.ts';

/** A contestant of one case, over all launches. */
interface Contestant {
  name: string;
  setting: string;
  /** The greatest of all launches. */
  relativeError: number;
  nanoseconds: Estimate;
  /** Weights of all vectors. */
  weightsPerSecond: number;
  /** A launch each: its median and its samples. */
  launches: { median: number; callsPerSample: number; nanoseconds: number[] }[];
}

/** How many times as fast as onnxruntime-web trilane is. */
interface Ratio {
  trilane: string;
  peer: string;
  timesAsFast: Estimate;
}

interface CaseReport extends Shape {
  vectors: number;
  contestants: Contestant[];
  ratios: Ratio[];
}

/** What was tried before the launches, to find onnxruntime-web's best setting. */
export interface Trial extends Shape {
  vectors: number;
  contestant: string;
  settings: { setting: string; nanoseconds: number }[];
}

export interface Report {
  date: string;
  quick: boolean;
  environment: Environment;
  versions: Answer['versions'];
  whyNotRelaxed: string | null;
  tickNanoseconds: number;
  launches: number;
  rounds: number;
  cases: CaseReport[];
  /** A product so small that its time is that of the call. */
  overhead: CaseReport;
  tried: Trial[];
}

function contestantOf(launches: Samples[], weights: number): Contestant {
  const [first] = launches;
  const medians = launches.map(({ nanoseconds }) => median(nanoseconds));
  const nanoseconds = geometricMean(medians);
  return {
    name: first!.contestant,
    setting: first!.setting,
    relativeError: Math.max(...launches.map(({ relativeError }) => relativeError)),
    nanoseconds,
    weightsPerSecond: (weights * 1e9) / nanoseconds.value,
    launches: launches.map((launch, i) => ({
      median: medians[i]!,
      callsPerSample: launch.calls,
      nanoseconds: launch.nanoseconds,
    })),
  };
}

const isTrilane = ({ name }: Contestant) => name.startsWith('trilane');

/** `launches`: what each launch measured of the case. */
export function caseReport({ rows, columns, vectors }: Case, launches: Samples[][]): CaseReport {
  const contestants = launches[0]!.map((_, i) => contestantOf(launches.map((launch) => launch[i]!), rows * columns * vectors));
  const peers = contestants.filter((contestant) => !isTrilane(contestant));
  const ratios = contestants.filter(isTrilane).flatMap((ours) =>
    peers.map((peer) => ({
      trilane: ours.name,
      peer: peer.name,
      timesAsFast: geometricMean(peer.launches.map((launch, i) => launch.median / ours.launches[i]!.median)),
    })),
  );
  return { rows, columns, vectors, contestants, ratios };
}

const digits = (value: number) => value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);

function withInterval({ value, interval }: Estimate): string {
  return `${digits(value)} (${interval.map(digits).join(' … ')})`;
}

/** Markdown, padded so that it is a table in a terminal, too. `alignment` has a letter a column: "l" for words, "r" for numbers. */
function table(alignment: string, rows: string[][]): string {
  const isText = (column: number) => alignment[column] === 'l';
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  const padded = rows.map((row) =>
    line(row.map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))),
  );
  const rule = line(widths.map((width, column) => (isText(column) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  return [padded[0], rule, ...padded.slice(1)].join('');
}

const matrixOf = ({ rows, columns }: Shape) => `${rows} × ${columns}`;

/** The columns of onnxruntime-web bear the name of the product alone. */
const withoutPeersName = (name: string) => name.replace('onnxruntime-web ', '');

function speeds({ cases }: Report): string {
  const names = cases[0]!.contestants.map(({ name }) => withoutPeersName(name));
  return table(`lr${'r'.repeat(names.length)}`, [
    ['matrix', 'N', ...names],
    ...cases.map((one) => [
      matrixOf(one),
      String(one.vectors),
      ...one.contestants.map(({ weightsPerSecond }) => digits(weightsPerSecond / 1e9)),
    ]),
  ]);
}

function ratios({ cases }: Report): string {
  const peers = [...new Set(cases[0]!.ratios.map(({ peer }) => `to ${withoutPeersName(peer)}`))];
  const rows = cases.flatMap((one) =>
    [...new Set(one.ratios.map(({ trilane }) => trilane))].map((trilane) => [
      matrixOf(one),
      trilane,
      String(one.vectors),
      ...one.ratios.filter((ratio) => ratio.trilane === trilane).map(({ timesAsFast }) => withInterval(timesAsFast)),
    ]),
  );
  return table(`llr${'r'.repeat(peers.length)}`, [['matrix', '', 'N', ...peers], ...rows]);
}

function overheads({ overhead: { contestants } }: Report): string {
  return table('r'.repeat(contestants.length), [
    contestants.map(({ name }) => withoutPeersName(name)),
    contestants.map(({ nanoseconds }) => digits(nanoseconds.value / 1e3)),
  ]);
}

function bestSettings({ cases }: Report): string {
  const peersOf = ({ contestants }: CaseReport) => contestants.filter((contestant) => !isTrilane(contestant));
  const names = peersOf(cases[0]!).map(({ name }) => withoutPeersName(name));
  return table(`lr${'l'.repeat(names.length)}`, [
    ['matrix', 'N', ...names],
    ...cases.map((one) => [matrixOf(one), String(one.vectors), ...peersOf(one).map(({ setting }) => setting)]),
  ]);
}

export function markdown(report: Report): string {
  const { environment, versions, launches, rounds, cases, overhead, tickNanoseconds } = report;
  const { engine, cpu } = environment;
  const format = cases[0]!.contestants[0]!.setting.toUpperCase();
  const relaxed = report.whyNotRelaxed === null ? '' : ` trilane's relaxed module did not take part: ${report.whyNotRelaxed}.`;
  return `trilane ${versions.trilane} (${format}) beside onnxruntime-web ${versions.onnxruntimeWeb} (float32, int8, 4-bit, 2-bit), one thread each.
${engine.name} ${engine.version}, ${cpu.model ?? 'unknown CPU'}; ${launches} fresh pages, ${rounds} rounds in each, clock tick ${digits(tickNanoseconds / 1e3)} µs${report.quick ? '; a quick run' : ''}.${relaxed}

10⁹ weights/s, from float32 to float32; each of N vectors counts all weights:

${speeds(report)}
How many times as fast as onnxruntime-web trilane is, with 95 % intervals:

${ratios(report)}
A whole call in µs with a matrix of ${matrixOf(overhead)}, where there is next to nothing to multiply:

${overheads(report)}
onnxruntime-web's settings, the fastest of those tried:

${bestSettings(report)}`;
}
