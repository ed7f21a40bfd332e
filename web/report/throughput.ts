import { archsBeside } from '../bench/charts/archs.ts';
import { fastestOf, inputOf } from '../bench/charts/data.ts';
import { throughputBySize } from '../bench/charts/throughput.ts';
import { element } from '../shared/element.ts';
import { PlotCard } from './card.ts';
import type { Choices } from './choices.ts';
import { type Entry, entryColumns } from './columns.ts';
import type { File } from './data.ts';
import { firstCases, leftOut, mostPoints } from './limits.ts';
import { FoldedTable } from './table.ts';

/** Throughput by size, archs beside each other, and files beside each other where there are several. */
export class ThroughputSection {
  readonly #choices: Choices;
  readonly #several: boolean;
  readonly #bySize: PlotCard;
  readonly #archs: PlotCard;
  readonly #platforms: PlotCard | null;
  #files: File[] = [];

  constructor(choices: Choices, several: boolean) {
    this.#choices = choices;
    this.#several = several;
    const place = element('throughput-plots');
    const card = (id: string, wide: boolean, plot: ConstructorParameters<typeof PlotCard>[3], title: string, entries: () => Entry[]) =>
      new PlotCard(place, id, wide, plot, 'No case to show.', new FoldedTable(title, () => this.#columns(), entries));
    this.#bySize = card(
      'throughput-plot',
      true,
      (theme) => throughputBySize(this.#limited(this.#files), choices.operation, theme),
      'Throughput by size',
      () => entriesOf(several ? fastest(this.#files) : this.#files),
    );
    this.#platforms = several
      ? card(
          'platforms-plot',
          false,
          (theme) => archsBeside(this.#limited(fastest(this.#ofInput())).map(withoutArchs), choices.operation, choices.input, theme),
          'Files beside each other',
          () => entriesOf(fastest(this.#ofInput())),
        )
      : null;
    this.#archs = card(
      'archs-plot',
      !several,
      (theme) => archsBeside(this.#limited(this.#ofInput()), choices.operation, choices.input, theme),
      'Archs beside each other',
      () => entriesOf(this.#ofInput()),
    );
  }

  changed(): void {
    this.#files = this.#choices.chosen;
    const { operation, input } = this.#choices;
    this.#bySize.changed({
      title: `Throughput of ${operation} by size`,
      note: this.#several ? 'The fastest arch of each file, with 95 % intervals' : 'With 95 % intervals',
      leftOut: this.#leftOut(this.#files),
    });
    this.#archs.changed({ title: `Archs, ${operation} ${input}`, note: 'With 95 % intervals', leftOut: this.#leftOut(this.#ofInput()) });
    this.#platforms?.changed({
      title: `Files, ${operation} ${input}`,
      note: 'The fastest arch of each, with 95 % intervals',
      leftOut: this.#leftOut(fastest(this.#ofInput())),
    });
  }

  #columns() {
    return this.#several ? entryColumns : entryColumns.filter(({ title }) => title !== 'File');
  }

  #ofInput(): File[] {
    return this.#files.map((file) => ({ ...file, benchmarks: file.benchmarks.filter((one) => inputOf(one) === this.#choices.input) }));
  }

  /** As many of each file as together can be plotted. */
  #limited(files: File[]): File[] {
    return files.map((file) => ({ ...file, benchmarks: firstCases(file.benchmarks, Math.floor(mostPoints / files.length)).shown }));
  }

  #leftOut(files: File[]): string {
    const benchmarks = (all: File[]) => all.flatMap((file) => file.benchmarks);
    return leftOut({ shown: benchmarks(this.#limited(files)), all: benchmarks(files).length }, 'entries are plotted', 'a pattern shows others');
  }
}

const fastest = (files: File[]): File[] =>
  files.map((file) => ({ ...file, benchmarks: fastestOf(file.benchmarks) as File['benchmarks'] }));

/** So that a file has one bar, whatever arch was the fastest. */
const withoutArchs = (file: File): File => ({
  ...file,
  benchmarks: file.benchmarks.map((one) => ({ ...one, arch: 'fastest arch' })),
});

const entriesOf = (files: File[]): Entry[] => files.flatMap(({ name, benchmarks }) => benchmarks.map((one) => ({ file: name, one })));
