import { distinct } from '../bench/charts/data.ts';
import { element } from '../shared/element.ts';
import { count, time } from '../shared/format.ts';
import { offer } from '../shared/select.ts';
import { PlotCard } from './card.ts';
import { ceilingOf, samplesByLaunch, type Strip, stripOf } from './charts/samples.ts';
import { type Choices, same } from './choices.ts';
import type { File } from './data.ts';
import { first, leftOut, mostFiles, mostOptions, mostSamples, say } from './limits.ts';
import { FoldedTable } from './table.ts';

const mostLaunches = 60;

/** Every sample of one case and arch, in the files of one machine and platform. */
export class DistributionSection {
  readonly #choices: Choices;
  readonly #groups: number[][];
  readonly #file = element<HTMLSelectElement>('samples-file');
  readonly #case = element<HTMLSelectElement>('samples-case');
  readonly #arch = element<HTMLSelectElement>('samples-arch');
  readonly #card: PlotCard;
  #strips: Strip[] = [];

  constructor(choices: Choices, files: File[]) {
    this.#choices = choices;
    this.#groups = alike(files);
    offer(
      this.#file,
      this.#groups.map((group, i) => ({ value: String(i), text: group.map((index) => files[index]!.name).join(', ') })),
    );
    element('samples-file-label').hidden = this.#groups.length < 2;
    for (const select of [this.#file, this.#case, this.#arch]) select.addEventListener('change', () => this.changed());
    const table = new FoldedTable(
      'Samples by launch',
      () => [
        { title: 'Launch', text: ({ launch }: Strip) => String(launch) },
        { title: 'File', className: 'text', text: ({ file }) => file },
        { title: 'Samples', text: ({ samples }) => count(samples.length) },
        { title: 'Least', text: ({ least }) => time(least) },
        { title: 'First quartile', text: ({ q1 }) => time(q1) },
        { title: 'Median', text: ({ median }) => time(median) },
        { title: 'Third quartile', text: ({ q3 }) => time(q3) },
        { title: 'Most', text: ({ most }) => time(most) },
      ],
      () => this.#strips,
    );
    this.#card = new PlotCard(
      element('samples-plots'),
      'samples-plot',
      true,
      (theme) => samplesByLaunch(this.#strips, `${this.#case.value}, ${this.#arch.value}`, mostSamples, theme),
      'No samples.',
      table,
    );
  }

  changed(): void {
    const matching = this.#choices.matching;
    const files = this.#groups[Number(this.#file.value)]!.slice(0, mostFiles).map((index) => matching[index]!);
    const benchmarks = files.flatMap((file) => file.benchmarks);
    const cases = first(distinct(benchmarks.map((one) => one.case)), mostOptions);
    offer(this.#case, cases.shown.map(same));
    say(element('samples-left-out'), leftOut(cases, 'cases can be chosen', 'a pattern finds others'));
    const ofCase = benchmarks.filter((one) => one.case === this.#case.value);
    const before = this.#arch.value;
    const archs = distinct(ofCase.map(({ arch }) => arch)).slice(0, mostOptions);
    offer(this.#arch, archs.map(same));
    // The last one is the most capable, as archs are listed.
    if (!archs.includes(before)) this.#arch.value = archs.at(-1) ?? '';
    this.#show(files);
  }

  #show(files: File[]): void {
    const all = files.flatMap(({ name, benchmarks }) =>
      benchmarks
        .filter((one) => one.case === this.#case.value && one.arch === this.#arch.value)
        .flatMap(({ launches }) => launches.map((launch, i) => stripOf(name, i + 1, launch)))
        .filter(({ samples }) => samples.length > 0),
    );
    const limited = first(all, mostLaunches);
    this.#strips = limited.shown;
    this.#card.changed({
      title: `${this.#case.value}, ${this.#arch.value}`,
      leftOut: [leftOut(limited, 'launches'), this.#thinned(), this.#outside()].filter(Boolean).join(' '),
    });
  }

  #thinned(): string {
    const each = Math.floor(mostSamples / Math.max(1, this.#strips.length));
    return this.#strips.some(({ samples }) => samples.length > each) ? `Of each launch ${count(each)} samples at most, evenly.` : '';
  }

  #outside(): string {
    if (this.#strips.length === 0) return '';
    const ceiling = ceilingOf(this.#strips);
    const above = this.#strips.reduce((sum, { samples }) => sum + samples.filter((sample) => sample > ceiling).length, 0);
    if (above === 0) return '';
    const most = Math.max(...this.#strips.map((strip) => strip.most));
    return `${count(above)} ${above === 1 ? 'sample is' : 'samples are'} above the plot, up to ${time(most)}.`;
  }
}

/** Indices of the files whose times can stand on one axis: those of a fingerprint, and each that has none. */
function alike(files: File[]): number[][] {
  const groups = new Map<string, number[]>();
  files.forEach(({ baseline: { environment } }, i) => {
    const key = environment.fingerprint ?? `none ${i}`;
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()];
}
