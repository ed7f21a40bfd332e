import { element, make } from '../../shared/element.ts';
import { offer } from '../../shared/select.ts';
import type { Comparison, Pair } from '../baseline.ts';
import { distinct, operationOf } from '../charts/data.ts';
import { PlotFigure } from '../charts/figure.ts';
import { plottedPairs, ratios } from '../charts/ratios.ts';
import { throughputBySize } from '../charts/throughput.ts';
import type { BenchClient } from '../client.ts';
import { BaselineList, type Loaded, mostBytes, tooLarge } from './baselines.ts';
import { fillTable } from './table.ts';

/** Baselines side by side: the comparison that the CLI makes, by the same C++, as table and plots. */
export class ComparisonSection {
  readonly #client: BenchClient;
  readonly #list = new BaselineList((id) => this.#remove(id));
  readonly #error = element('comparison-error');
  readonly #status = element('comparison-status');
  readonly #sides = element('sides');
  readonly #a = element<HTMLSelectElement>('side-a');
  readonly #b = element<HTMLSelectElement>('side-b');
  readonly #cross = element<HTMLInputElement>('cross');
  readonly #sameArchs = element<HTMLInputElement>('same-archs');
  readonly #crossHint = element('cross-hint');
  readonly #result = element('comparison-result');
  readonly #onlyOneSide = element('only-one-side');
  readonly #table = element<HTMLTableElement>('comparison-table');
  readonly #operation = element<HTMLSelectElement>('comparison-operation');
  readonly #ratios = new PlotFigure(element('ratios-plot'), (theme) =>
    ratios(this.#pairsOf(this.#operation.value), this.#operation.value, theme),
  );
  readonly #throughput = new PlotFigure(element('platforms-plot'), (theme) =>
    throughputBySize(
      this.#list.all.map(({ name, baseline }) => ({ name, ...baseline })),
      this.#operation.value,
      theme,
    ),
  );
  #comparison: Comparison | null = null;
  /** The page's own last run, among the others. */
  #own: Loaded | null = null;
  /** Of the comparison that was asked for last: an earlier answer that comes later is thrown away. */
  #asked = 0;

  constructor(client: BenchClient) {
    this.#client = client;
    const files = element<HTMLInputElement>('baseline-files');
    files.addEventListener('change', () => {
      void this.#load([...(files.files ?? [])]);
      files.value = ''; // so that the same file can be chosen again
    });
    for (const control of [this.#a, this.#b, this.#cross]) {
      control.addEventListener('change', () => {
        if (control !== this.#cross) this.#cross.checked = false; // verdicts where there can be some
        void this.#compare();
      });
    }
    element('swap').addEventListener('click', () => {
      [this.#a.value, this.#b.value] = [this.#b.value, this.#a.value];
      void this.#compare();
    });
    this.#operation.addEventListener('change', () => this.#draw());
    this.#sameArchs.addEventListener('change', () => {
      this.#table.classList.toggle('with-same-archs', this.#sameArchs.checked);
    });
    this.#acceptDrops();
  }

  /** The page has run: its baseline is one of those that can be compared. */
  setOwn(text: string): void {
    this.#own = this.#own ? this.#list.replace(this.#own.id, text) : this.#list.add('this page’s last run', text);
    this.#changed();
  }

  /** Files may be dropped anywhere: a browser would otherwise leave the page for them. */
  #acceptDrops(): void {
    const zone = element('drop-zone');
    const takesFilesItself = ({ target }: Event) => target instanceof Element && target.matches('input[type=file]:enabled');
    addEventListener('dragover', (event) => {
      if (takesFilesItself(event)) return;
      event.preventDefault();
      zone.classList.add('over');
    });
    for (const end of ['dragleave', 'dragend', 'drop']) addEventListener(end, () => zone.classList.remove('over'));
    addEventListener('drop', (event) => {
      if (takesFilesItself(event)) return;
      event.preventDefault();
      void this.#load([...(event.dataTransfer?.files ?? [])]).then(() => zone.scrollIntoView()); // it may be far below
    });
  }

  /** Adds the files that are baselines; says of each other one why it is none. */
  async #load(files: File[]): Promise<void> {
    const complaints: string[] = [];
    this.#complain([]);
    for (const file of files) {
      try {
        await this.#loadOne(file);
      } catch (error) {
        complaints.push(error instanceof Error ? error.message : String(error));
      }
    }
    this.#complain(complaints);
    this.#changed();
  }

  async #loadOne(file: File): Promise<void> {
    if (file.size > mostBytes) throw new Error(tooLarge(file.name, file.size));
    const text = await this.#client.call('check', await textOf(file), file.name);
    const before = this.#list.same(text);
    if (before) throw new Error(`${file.name} is here already, as ${before.name}`);
    this.#list.add(file.name, text);
  }

  #complain(sentences: string[]): void {
    this.#error.replaceChildren(...sentences.map((sentence) => make('span', 'line', sentence)));
    this.#error.hidden = sentences.length === 0;
  }

  #remove(id: string): void {
    if (this.#own?.id === id) this.#own = null;
    this.#list.remove(id);
    element('baseline-files').focus();
    this.#complain([]);
    this.#changed();
  }

  /** There are other baselines now. */
  #changed(): void {
    const { all } = this.#list;
    const [a, b] = [this.#a.value, this.#b.value];
    const options = all.map(({ id, name }) => ({ value: id, text: name }));
    offer(this.#a, options);
    offer(this.#b, options);
    const left = all.map(({ id }) => id);
    // What was chosen stays; else the first that is not on the other side.
    if (!left.includes(a)) this.#a.value = left.find((id) => id !== b) ?? '';
    if (!left.includes(b) || this.#b.value === this.#a.value) this.#b.value = left.find((id) => id !== this.#a.value) ?? '';
    this.#sides.hidden = all.length < 2;
    void this.#compare();
  }

  async #compare(): Promise<void> {
    const asked = ++this.#asked;
    const a = this.#list.find(this.#a.value);
    const b = this.#list.find(this.#b.value);
    if (this.#list.all.length < 2 || !a || !b) {
      this.#show(null, this.#list.all.length === 1 ? 'One more is needed: load another one, or run the suite above.' : '');
      return;
    }
    const cross = this.#decideCross(a, b);
    this.#status.textContent = 'Comparing …';
    try {
      const text = await this.#client.call('compare', a, b, cross);
      if (asked === this.#asked) this.#show(JSON.parse(text) as Comparison, '');
    } catch (error) {
      if (asked === this.#asked) this.#show(null, error instanceof Error ? error.message : String(error));
    }
  }

  /** Verdicts need the same machine and platform; without them there is only the view across. */
  #decideCross(a: Loaded, b: Loaded): boolean {
    const [one, other] = [a.baseline.environment.fingerprint, b.baseline.environment.fingerprint];
    const judged = one !== null && one === other;
    this.#cross.disabled = !judged;
    if (!judged) this.#cross.checked = true;
    this.#crossHint.textContent = judged
      ? 'One machine and platform: times can be judged.'
      : one === null || other === null
        ? 'A side does not know its CPU: no verdicts.'
        : 'Different machines or platforms: no verdicts.';
    element('same-archs-label').hidden = !this.#cross.checked;
    return this.#cross.checked;
  }

  #show(comparison: Comparison | null, message: string): void {
    const differs = comparison !== null && comparison.digest_errors.length > 0;
    // Times of kernels that compute different things are not shown, as on the command line.
    this.#comparison = differs ? null : comparison;
    this.#status.textContent = comparison ? digestSentence(comparison) : message;
    this.#status.classList.toggle('bad', differs || (comparison === null && this.#list.all.length > 1));
    this.#result.hidden = this.#comparison === null;
    if (!this.#comparison) return;
    fillTable(this.#table, this.#comparison);
    this.#showOnlyOneSide(this.#comparison);
    const operations = this.#operationsByCase();
    offer(this.#operation, distinct(this.#plotted().map((pair) => operations.get(pair.case)!)).map(same));
    this.#draw();
  }

  /** The pairs that the plots show, those of one operation. */
  #pairsOf(operation: string): Pair[] {
    const operations = this.#operationsByCase();
    return this.#plotted().filter((pair) => operations.get(pair.case) === operation);
  }

  #plotted(): Pair[] {
    return this.#comparison ? plottedPairs(this.#comparison) : [];
  }

  /** Operations as the plots divide them: "gemm × 8". */
  #operationsByCase(): Map<string, string> {
    const benchmarks = this.#list.find(this.#a.value)?.baseline.benchmarks ?? [];
    return new Map(benchmarks.map((one) => [one.case, operationOf(one)]));
  }

  #showOnlyOneSide({ only_a, only_b }: Comparison): void {
    const lists = ([['Only in A', only_a], ['Only in B', only_b]] as const).filter(([, names]) => names.length > 0);
    this.#onlyOneSide.hidden = lists.length === 0;
    this.#onlyOneSide.replaceChildren(
      make('summary', '', lists.map(([title, names]) => `${title}: ${names.length}`).join(' · ')),
      ...lists.flatMap(([title, names]) => {
        const list = make('ul');
        list.append(...names.map((name) => make('li', '', name)));
        return [make('h4', '', title), list];
      }),
    );
  }

  #draw(): void {
    void this.#ratios.changed();
    void this.#throughput.changed();
  }
}

const same = (value: string) => ({ value, text: value });

function digestSentence({ digest_errors, pairs }: Comparison): string {
  if (digest_errors.length > 0) return `Outputs differ, so times mean nothing: ${digest_errors.join(', ')}.`;
  return pairs.length === 0 ? 'The two have no case in common.' : 'Digests: all outputs are equal.';
}

async function textOf(file: File): Promise<string> {
  try {
    return await file.text();
  } catch {
    throw new Error(`${file.name} cannot be read: it changed, or is gone`);
  }
}
