import { element, make } from '../shared/element.ts';
import { type Choice, type Group, availableIn, composeFilter, groups, inputsByOperations, valuesOf } from './choice.ts';
import type { Case, SuiteOptions } from './protocol.ts';


/** The form: chips that compose the pattern, the pattern, archs, a file, quick or not. */
export class OptionsForm {
  readonly #form = element<HTMLFormElement>('options');
  readonly #choices = element<HTMLFieldSetElement>('choices');
  readonly #filter = element<HTMLInputElement>('filter');
  readonly #weights = element<HTMLInputElement>('weights');
  readonly #archs = element('archs');
  readonly #quick = element<HTMLInputElement>('quick');
  readonly #chips: Record<Group, HTMLElement> = {
    op: element('operations'),
    format: element('formats'),
    input: element('inputs'),
  };
  readonly #chosenInputs = element('chosen-inputs');
  /** Every case there is, with the file's tensors if there is a file. */
  #cases: Case[] = [];

  constructor(parameters: URLSearchParams) {
    this.#filter.value = parameters.get('filter') ?? '';
    this.#quick.checked = parameters.has('quick');
  }

  get weights(): File | null {
    return this.#weights.files?.[0] ?? null;
  }

  get suiteOptions(): SuiteOptions {
    return { quick: this.#quick.checked, filter: this.#filter.value, archs: checkedIn(this.#archs) };
  }

  /** While a suite runs nothing can be chosen. */
  set locked(locked: boolean) {
    this.#choices.disabled = locked;
  }

  onRun(run: () => void): void {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      run();
    });
  }

  /** `change` is told whether the file is another: then there are other cases to choose from. */
  onChange(change: (otherFile: boolean) => void): void {
    // A pattern counts as it is typed: the button to run knows then whether there is something to run.
    let timer = 0;
    let announced = this.#filter.value;
    const announce = () => {
      clearTimeout(timer);
      if (this.#filter.value === announced) return;
      announced = this.#filter.value;
      this.#clearChips();
      change(false);
    };
    this.#filter.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(announce, 250);
    });
    this.#choices.addEventListener('change', ({ target }) => {
      if (target === this.#filter) return announce();
      if (groups.some((group) => this.#chips[group].contains(target as Node))) this.#compose();
      announced = this.#filter.value;
      change(target === this.#weights);
    });
  }

  /** Throws if the address wants an arch that is not there. */
  showArchs(names: string[], wanted: string[]): void {
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`There is no arch '${unknown}' here: choose from ${names.join(', ')}.`);
    for (const name of names) this.#archs.append(checkbox('check', name, wanted.length === 0 || wanted.includes(name)));
  }

  /** Shows chips for these cases. Of a choice that another file's cases offered, the pattern remains. */
  showCases(cases: Case[]): void {
    this.#cases = cases;
    for (const group of ['op', 'format'] as const) {
      this.#chips[group].replaceChildren(...valuesOf(cases, group).map((value) => checkbox('chip', value, false)));
    }
    const rows = inputsByOperations(cases).map(([operations, inputs]) => {
      const row = make('fieldset', 'chips');
      row.append(make('legend', 'quiet', operations.join(', ')), ...inputs.map((value) => checkbox('chip', value, false)));
      return row;
    });
    this.#chips.input.replaceChildren(...rows);
    this.#update();
  }

  #compose(): void {
    this.#filter.value = composeFilter(this.#cases, this.#choice());
    this.#update();
  }

  #clearChips(): void {
    for (const group of groups) for (const box of boxesIn(this.#chips[group])) box.checked = false;
    this.#update();
  }

  #choice(): Choice {
    const chosen = (group: Group) => new Set(checkedIn(this.#chips[group]));
    return { op: chosen('op'), format: chosen('format'), input: chosen('input') };
  }

  /** What would leave no case cannot be chosen; what is chosen can be given up. */
  #update(): void {
    const choice = this.#choice();
    for (const group of groups) {
      const available = availableIn(this.#cases, choice, group);
      for (const box of boxesIn(this.#chips[group])) box.disabled = !box.checked && !available.has(box.value);
    }
    this.#chosenInputs.textContent = choice.input.size === 0 ? 'all' : [...choice.input].join(', ');
  }
}

const boxesIn = (parent: Element) => parent.querySelectorAll<HTMLInputElement>('input');
const checkedIn = (parent: Element) => [...boxesIn(parent)].filter(({ checked }) => checked).map(({ value }) => value);

function checkbox(className: string, value: string, checked: boolean): HTMLLabelElement {
  const label = make('label', className);
  const box = make('input');
  box.type = 'checkbox';
  box.value = value;
  box.checked = checked;
  label.append(box, make('span', '', value));
  return label;
}
