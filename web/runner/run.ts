import { resolve } from 'node:path';
import type { Machine } from '../bench/protocol.ts';
import { keepWorkersOnCore } from './cores.ts';
import type { Session } from './session.ts';

export interface RunOptions {
  quick: boolean;
  filter: string;
  archs: string[];
  weights: string | undefined;
  machine: Machine;
  /** The seed of the order in which cases run; null: as they are listed. */
  order: number | null;
  /** Whether the page's worker stays on the core of the number `order`, counted around: launches of one seed then run on one core. */
  keepsToCore: boolean;
  /** Whether to measure what the machine can do at all; without that there are no rooflines. */
  calibrate: boolean;
  /** Whether the page sets up its first case before it is ready, so that a launch then begins with the measuring. */
  prepares: boolean;
  /** Called twice a second with what the page's progress line says. */
  onProgress(status: string): void;
}

/** How often a page that is at work is asked for its progress line. */
const progressMs = 500;

interface Seen {
  state: string | undefined;
  status: string;
  error: string;
}

/** Runs on the page: what it shows as soon as its state is none of `states`, or after `most` milliseconds. */
function look(states: string[], most: number): Promise<Seen> {
  const page = document.getElementById('page');
  const textOf = (id: string) => document.getElementById(id)?.textContent ?? '';
  const seen = (): Seen => ({ state: page?.dataset['state'], status: textOf('status'), error: textOf('error') });
  const isOver = () => !states.includes(page?.dataset['state'] ?? '');
  return new Promise((resolve) => {
    if (page === null || isOver()) return resolve(seen());
    const end = () => {
      observer.disconnect();
      clearTimeout(timer);
      resolve(seen());
    };
    const observer = new MutationObserver(() => isOver() && end());
    observer.observe(page, { attributeFilter: ['data-state'] });
    const timer = setTimeout(end, most);
  });
}

/** Waits until the page is in none of `states`; returns what it then shows. */
async function watchWhile(session: Session, states: string[], onProgress: (status: string) => void): Promise<Seen> {
  for (;;) {
    const seen = await session.evaluate(look, states, progressMs);
    if (!states.includes(seen.state ?? '')) return seen;
    onProgress(seen.status);
  }
}

/** The same, and throws what the page says if it failed. */
async function waitWhile(session: Session, states: string[], onProgress: (status: string) => void): Promise<string | undefined> {
  const { state, error } = await watchWhile(session, states, onProgress);
  if (state === 'failed') throw new Error(`the page failed: ${error}`);
  return state;
}

function address(site: string, options: RunOptions): string {
  const url = new URL('bench/', site);
  if (options.quick) url.searchParams.set('quick', '');
  if (options.filter) url.searchParams.set('filter', options.filter);
  for (const arch of options.archs) url.searchParams.append('arch', arch);
  if (options.order !== null) url.searchParams.set('order', String(options.order));
  if (!options.calibrate) url.searchParams.set('calibrate', 'no');
  if (options.prepares && options.weights === undefined) url.searchParams.set('prepare', ''); // before its file comes there is nothing to set up
  url.searchParams.set('plots', 'no'); // nobody looks at them
  url.searchParams.set('machine', JSON.stringify(options.machine));
  return url.href;
}

/** Opens the bench page at `site` and waits until it is ready to run. */
export async function openBenchPage(session: Session, site: string, options: RunOptions): Promise<void> {
  await session.open(address(site, options));
  await waitWhile(session, ['loading'], options.onProgress);
}

/** Forgets the page's state, so that the next one is the answer to what is done to it now. */
function awaitAnotherState(): void {
  document.getElementById('page')!.dataset['state'] = 'loading';
}

/** Presses the button to run, if that can be pressed. */
function pressRun(): boolean {
  const button = document.querySelector<HTMLButtonElement>('#run:not(:disabled)');
  button?.click();
  return button !== null;
}

/** Opens the bench page at `site` with all that it shall run, on its core. */
export async function prepareBenchPage(session: Session, site: string, options: RunOptions): Promise<void> {
  await session.open(address(site, options));
  if (options.weights !== undefined) {
    // The pattern may be of the file's tensors alone, and then the page failed to find a case.
    await watchWhile(session, ['loading'], options.onProgress);
    await session.evaluate(awaitAnotherState);
    await session.setFile('#weights', resolve(options.weights));
  }
  await waitWhile(session, ['loading'], options.onProgress);
  if (options.keepsToCore && options.order !== null && session.processGroup !== undefined) {
    await keepWorkersOnCore(session.processGroup, options.order);
  }
}

/** Runs a bench page that is prepared, as a person would, and returns its baseline. */
export async function runBenchPage(session: Session, options: RunOptions): Promise<string> {
  if (!(await session.evaluate(pressRun))) throw new Error('no case matches');
  const end = await waitWhile(session, ['loading', 'ready', 'running'], options.onProgress);
  if (end !== 'done') throw new Error(`the page ended its run in the state '${end}'`);
  // What a person would get by clicking on the link.
  return session.evaluate(async () => (await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href)).text());
}
