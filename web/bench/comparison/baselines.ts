import { element, make } from '../../shared/element.ts';
import { bytes } from '../../shared/format.ts';
import type { Baseline } from '../baseline.ts';
import { spoilers, tierOf } from '../facts.ts';

export interface Loaded {
  id: string;
  name: string;
  /** Of its file. */
  text: string;
  baseline: Baseline;
}

/** Baselines are some megabytes at most; more is some other file. */
export const mostBytes = 256e6;

export const tooLarge = (name: string, size: number): string =>
  `${name}: ${bytes(size)} are too many for a baseline (at most ${bytes(mostBytes)})`;

/** The loaded baselines, in the order in which they came, as a list with a button to remove each. */
export class BaselineList {
  readonly #list = element('baselines');
  readonly #onRemoved: (id: string) => void;
  #loaded: Loaded[] = [];
  #ids = 0;

  constructor(onRemoved: (id: string) => void) {
    this.#onRemoved = onRemoved;
  }

  get all(): readonly Loaded[] {
    return this.#loaded;
  }

  find(id: string): Loaded | undefined {
    return this.#loaded.find((one) => one.id === id);
  }

  /** The one that is the same file, if it is there already. */
  same(text: string): Loaded | undefined {
    return this.#loaded.find((one) => one.text === text);
  }

  /** A name that is taken gets a number. */
  add(name: string, text: string): Loaded {
    const taken = (candidate: string) => this.#loaded.some((one) => one.name === candidate);
    let unique = name;
    for (let n = 2; taken(unique); ++n) unique = `${name} (${n})`;
    const added = loadedOf(String(++this.#ids), unique, text);
    this.#loaded.push(added);
    this.#list.append(this.#item(added));
    return added;
  }

  /** Another file under the same name and id. */
  replace(id: string, text: string): Loaded {
    const index = this.#loaded.findIndex((one) => one.id === id);
    const replaced = loadedOf(id, this.#loaded[index]!.name, text);
    this.#loaded[index] = replaced;
    this.#list.children[index]!.replaceWith(this.#item(replaced));
    return replaced;
  }

  remove(id: string): void {
    const index = this.#loaded.findIndex((one) => one.id === id);
    if (index < 0) return;
    this.#loaded.splice(index, 1);
    this.#list.children[index]!.remove();
  }

  #item({ id, name, baseline }: Loaded): HTMLLIElement {
    const item = make('li');
    const remove = make('button', 'small', 'Remove');
    remove.type = 'button';
    remove.setAttribute('aria-label', `Remove ${name}`);
    remove.addEventListener('click', () => this.#onRemoved(id));
    const text = make('div');
    text.append(make('strong', '', name), make('p', 'quiet', summary(baseline)));
    for (const sentence of spoilers(baseline)) text.append(make('p', 'spoiler', sentence));
    item.append(text, remove);
    return item;
  }
}

const loadedOf = (id: string, name: string, text: string): Loaded => ({
  id,
  name,
  text,
  baseline: JSON.parse(text) as Baseline,
});

/** "browser, V8 156.0, a CPU, 24 cases, 1 launch, tier unknown" */
function summary({ environment, suite, benchmarks }: Baseline): string {
  const { platform, engine, cpu, os } = environment;
  const plural = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : what.endsWith('h') ? 'es' : 's'}`;
  return [
    platform,
    engine && `${engine.name} ${engine.version}`,
    cpu.model ?? 'unknown CPU',
    os,
    plural(new Set(benchmarks.map((one) => one.case)).size, 'case'),
    plural(suite.launches, 'launch'),
    `tier ${tierOf(benchmarks)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
