import { type Comparison, type Pair, type Verdict, classOf, verdicts } from '../bench/baseline.ts';
import { distinct, operationOf } from '../bench/charts/data.ts';
import { plottedPairs, ratios } from '../bench/charts/ratios.ts';
import { element, make } from '../shared/element.ts';
import { count } from '../shared/format.ts';
import { offer } from '../shared/select.ts';
import { PlotCard } from './card.ts';
import { byWeight, forest } from './charts/forest.ts';
import { same } from './choices.ts';
import type { Compared, File } from './data.ts';
import { type Limited, first, leftOut, mostOptions, mostRatios } from './limits.ts';
import { ComparisonTable } from './comparison-table.ts';

const allOperations = 'all';
const rowHeight = 34;
const roomForAxis = 110;

/** What the command line found when it compared the files, one comparison at a time. */
export class ChangesSection {
  readonly #comparisons: Compared[];
  readonly #files: File[];
  readonly #comparison = element<HTMLSelectElement>('comparison');
  readonly #operation = element<HTMLSelectElement>('changes-operation');
  readonly #card: PlotCard;
  #pairs: Limited<Pair> = { shown: [], all: 0 };
  #ofOperation: Pair[] = [];

  constructor(comparisons: Compared[], files: File[]) {
    this.#comparisons = comparisons;
    this.#files = files;
    element('changes').hidden = comparisons.length === 0;
    const judged = comparisons.some(({ comparison }) => comparison && !comparison.cross);
    element('changes-title').textContent = judged ? 'What changed' : 'Across platforms';
    for (const link of document.querySelectorAll<HTMLElement>('[data-needs=changes]')) {
      link.hidden = comparisons.length === 0;
      link.textContent = element('changes-title').textContent;
    }
    offer(
      this.#comparison,
      comparisons.map(({ a, b }, i) => ({ value: String(i), text: `A ${files[a]!.name} → B ${files[b]!.name}` })),
    );
    element('comparison-label').hidden = comparisons.length < 2;
    this.#comparison.addEventListener('change', () => this.changed());
    this.#operation.addEventListener('change', () => this.#show());
    this.#card = new PlotCard(
      element('changes-plots'),
      'changes-plot',
      true,
      (theme) =>
        this.#found?.cross ? ratios(this.#pairs.shown, this.#operation.value, theme) : forest(this.#pairs.shown, theme),
      'No case in common.',
      new ComparisonTable(() => (this.#found ? { ...this.#found, pairs: this.#ofOperation } : null)),
    );
    const firstJudged = comparisons.findIndex(({ comparison }) => comparison && !comparison.cross);
    if (firstJudged > 0) this.#comparison.value = String(firstJudged);
  }

  changed(): void {
    if (this.#comparisons.length === 0) return;
    const comparison = this.#found;
    const operations = comparison ? distinct(plottedPairs(comparison).map((pair) => this.#operationOf(pair))) : [];
    const offered = operations.slice(0, mostOptions).map(same);
    offer(this.#operation, comparison?.cross ? offered : [{ value: allOperations, text: 'all' }, ...offered]);
    this.#say();
    this.#show();
  }

  get #chosen(): Compared {
    return this.#comparisons[Number(this.#comparison.value)]!;
  }

  /** What can be shown: times of kernels that compute different things are not. */
  get #found(): Comparison | null {
    const { comparison } = this.#chosen;
    return comparison && comparison.digest_errors.length === 0 ? comparison : null;
  }

  #operationOf({ case: name }: Pair): string {
    this.#operations ??= new Map(this.#files.flatMap(({ benchmarks }) => benchmarks.map((one) => [one.case, operationOf(one)])));
    return this.#operations.get(name) ?? '';
  }
  #operations: Map<string, string> | undefined;

  #show(): void {
    const comparison = this.#found;
    const operation = this.#operation.value;
    const pairs = comparison ? plottedPairs(comparison) : [];
    const ofOperation = operation === allOperations ? pairs : pairs.filter((pair) => this.#operationOf(pair) === operation);
    this.#ofOperation = comparison?.cross ? ofOperation : byWeight(ofOperation);
    this.#pairs = first(this.#ofOperation, mostRatios);
    this.#card.changed({
      title: comparison?.cross ? `Time of B over time of A, ${operation}` : 'Time of B over time of A, what matters most first',
      note: comparison ? basisOf(comparison) : '',
      leftOut: leftOut(this.#pairs, 'ratios are plotted', 'the table has more'),
      height: Math.max(1, this.#pairs.shown.length) * rowHeight + roomForAxis,
    });
  }

  #say(): void {
    const { a, b, comparison, error } = this.#chosen;
    const names = `B, ${this.#files[b]!.name}, against A, ${this.#files[a]!.name}`;
    const sentence = element('changes-sentence');
    const bad = !comparison || comparison.digest_errors.length > 0;
    sentence.classList.toggle('bad', bad);
    sentence.textContent = comparison ? `${names}: ${finding(comparison)}` : `${names}: ${error}.`;
    element('verdicts').replaceChildren(...(bad || comparison.cross ? [] : verdicts.map((verdict) => tile(verdict, comparison.pairs))));
    showOnlyOneSide(comparison);
  }
}

function tile(verdict: Verdict, pairs: Pair[]): HTMLLIElement {
  const made = make('li', classOf(verdict));
  const found = pairs.filter((pair) => pair.verdict === verdict).length;
  made.append(make('strong', '', count(found)), ` ${verdict}`);
  made.classList.toggle('none', found === 0);
  return made;
}

function finding({ cross, digest_errors, pairs }: Comparison): string {
  if (digest_errors.length > 0) {
    const some = first(digest_errors, 20);
    return `outputs differ, so times mean nothing: ${some.shown.join(', ')}${some.all > some.shown.length ? ', …' : ''}.`;
  }
  if (pairs.length === 0) return 'the two have no case in common.';
  if (cross) return 'different machines or platforms, so no verdicts. All outputs are equal.';
  const of = (verdict: Pair['verdict']) => pairs.filter((pair) => pair.verdict === verdict).length;
  const some = (...wanted: Verdict[]) =>
    wanted.flatMap((verdict) => (of(verdict) > 0 ? `${count(of(verdict))} of ${count(pairs.length)} ${verdict}` : []));
  const changes = some('regressed', 'improved').join(', ') || 'nothing regressed, nothing improved';
  const small = some('slower within tolerance', 'faster within tolerance').map((text) => `, ${text}`).join('');
  const unsure = of('inconclusive');
  const rest = unsure > 0 ? ` ${count(unsure)} ${unsure === 1 ? 'is' : 'are'} inconclusive: more launches would tell.` : '';
  return `${changes}${small}.${rest} All outputs are equal.`;
}

/** What the intervals promise. */
function basisOf({ cross, pairs }: Comparison): string {
  const levels = pairs.map(({ ratio }) => ratio.confidence_interval.confidence_level);
  const highest = Math.max(...levels);
  if (cross || pairs.length === 0 || highest <= 0.95) return '95 % intervals';
  const effects = distinct(pairs.flatMap(({ minimum_effect }) => minimum_effect ?? []));
  const from = effects.length === 1 ? `A change counts from ${Number((effects[0]! * 100).toPrecision(3))} % on. ` : '';
  return `${from}The intervals hold all at once with 95 %, each alone with ${Number((highest * 100).toFixed(3))} %`;
}

const mostNames = 200;

function showOnlyOneSide(comparison: Comparison | undefined): void {
  const lists = ([['Only in A', comparison?.only_a ?? []], ['Only in B', comparison?.only_b ?? []]] as const).filter(
    ([, names]) => names.length > 0,
  );
  const details = element('only-one-side');
  details.hidden = lists.length === 0;
  details.replaceChildren(
    make('summary', '', lists.map(([title, names]) => `${title}: ${count(names.length)}`).join(' · ')),
    ...lists.flatMap(([title, names]) => {
      const some = first(names, mostNames);
      const list = make('ul');
      list.append(...some.shown.map((name) => make('li', '', name)));
      return [make('h3', '', title), list, make('p', 'quiet', leftOut(some, 'names'))];
    }),
  );
}
