import { roofline } from '../bench/charts/roofline.ts';
import { element } from '../shared/element.ts';
import { offer } from '../shared/select.ts';
import { PlotCard } from './card.ts';
import type { Choices } from './choices.ts';
import { rooflineColumns } from './columns.ts';
import type { File, MeasuredBenchmark } from './data.ts';
import { firstCases, leftOut, mostPoints } from './limits.ts';
import { FoldedTable } from './table.ts';

/** The roofline of one file. */
export class RooflineSection {
  readonly #choices: Choices;
  readonly #file = element<HTMLSelectElement>('roofline-file');
  readonly #card: PlotCard;
  #shown: File | null = null;
  #entries: MeasuredBenchmark[] = [];

  constructor(choices: Choices, files: File[]) {
    this.#choices = choices;
    offer(this.#file, files.map(({ name }, i) => ({ value: String(i), text: name })));
    element('roofline-file-label').hidden = files.length < 2;
    this.#file.addEventListener('change', () => this.changed());
    const table = new FoldedTable('Roofline', () => rooflineColumns, () => this.#entries.map((one) => ({ file: '', one })));
    this.#card = new PlotCard(
      element('roofline-plots'),
      'roofline-plot',
      true,
      (theme) => this.#shown && roofline(this.#shown, theme),
      'No case of one thread, or no calibration to hold it against.',
      table,
    );
  }

  changed(): void {
    const file = this.#choices.matching[Number(this.#file.value)]!;
    this.#entries = file.benchmarks.filter(({ threads }) => threads === 1);
    const limited = firstCases(this.#entries, mostPoints);
    this.#shown = { ...file, benchmarks: limited.shown };
    this.#card.changed({
      title: `Roofline of ${file.name}`,
      note: 'The cases that the pattern leaves, of all operations',
      leftOut: leftOut(limited, 'entries are plotted', 'a pattern shows others'),
    });
  }
}
