import { distinct, inputOf, operationOf } from '../bench/charts/data.ts';
import { element, make } from '../shared/element.ts';
import { count } from '../shared/format.ts';
import { offer } from '../shared/select.ts';
import type { File, MeasuredBenchmark } from './data.ts';
import { mostFiles, mostOptions } from './limits.ts';

/** Which files, operation, size and cases the plots show. */
export class Choices {
  readonly #files: File[];
  readonly #chips: HTMLInputElement[];
  readonly #operation = element<HTMLSelectElement>('operation');
  readonly #input = element<HTMLSelectElement>('input');
  readonly #pattern = element<HTMLInputElement>('pattern');
  readonly #matching = element('matching');
  readonly #onChanged: () => void;
  #expression = /(?:)/;

  constructor(files: File[], onChanged: () => void) {
    this.#files = files;
    this.#onChanged = onChanged;
    this.#chips = files.map(({ name }, i) => this.#chip(name, i < mostFiles));
    element('files').hidden = files.length < 2;
    element('choices').addEventListener('submit', (event) => event.preventDefault());
    this.#pattern.addEventListener('input', () => this.#take(this.#pattern.value));
    this.#operation.addEventListener('change', () => this.#changed());
    this.#input.addEventListener('change', () => this.#changed());
    this.#offer();
  }

  get operation(): string {
    return this.#operation.value;
  }

  get input(): string {
    return this.#input.value;
  }

  /** Every file, with the cases that match the pattern. */
  get matching(): File[] {
    return this.#files.map((file) => ({ ...file, benchmarks: file.benchmarks.filter((one) => this.#expression.test(one.case)) }));
  }

  /** The chosen files with the matching cases of the operation. */
  get chosen(): File[] {
    return this.matching
      .filter((_, i) => this.#chips[i]!.checked)
      .map((file) => ({ ...file, benchmarks: file.benchmarks.filter((one) => operationOf(one) === this.operation) }));
  }

  #chip(name: string, checked: boolean): HTMLInputElement {
    const label = make('label', 'chip');
    const input = make('input');
    input.type = 'checkbox';
    input.checked = checked;
    input.addEventListener('change', () => this.#changed());
    label.append(input, make('span', '', name));
    document.querySelector('#files .row')!.append(label);
    return input;
  }

  #take(pattern: string): void {
    try {
      this.#expression = new RegExp(pattern);
      this.#pattern.removeAttribute('aria-invalid');
    } catch {
      this.#pattern.setAttribute('aria-invalid', 'true');
      this.#matching.textContent = 'This is no regular expression; the one before it holds.';
      return;
    }
    this.#changed();
  }

  #changed(): void {
    this.#offer();
    this.#onChanged();
  }

  #offer(): void {
    const full = this.#chips.filter(({ checked }) => checked).length >= mostFiles;
    for (const chip of this.#chips) chip.disabled = full && !chip.checked;
    const benchmarks = this.matching.flatMap((file) => file.benchmarks);
    const operations = distinct(benchmarks.map(operationOf));
    offer(this.#operation, operations.slice(0, mostOptions).map(same));
    const inputs = distinct(benchmarks.filter((one) => operationOf(one) === this.operation).map(inputOf));
    offer(this.#input, inputs.slice(0, mostOptions).map(same));
    this.#matching.textContent = [
      sentence(benchmarks, this.#files.flatMap((file) => file.benchmarks)),
      ...[[operations, 'operations'] as const, [inputs, 'sizes'] as const].map(([all, what]) =>
        all.length > mostOptions ? `The first ${mostOptions} of ${count(all.length)} ${what} can be chosen: a pattern finds others.` : '',
      ),
      full && this.#files.length > mostFiles ? `${mostFiles} files at once: take one away to choose another.` : '',
    ]
      .filter(Boolean)
      .join(' ');
  }
}

export const same = (value: string) => ({ value, text: value });

function sentence(matching: MeasuredBenchmark[], all: MeasuredBenchmark[]): string {
  const cases = (benchmarks: MeasuredBenchmark[]) => new Set(benchmarks.map((one) => one.case)).size;
  return matching.length === all.length ? `${count(cases(all))} cases.` : `${count(cases(matching))} of ${count(cases(all))} cases match.`;
}
