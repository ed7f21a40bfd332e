import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Machine } from '../bench/protocol.ts';
import type { Session } from './session.ts';

export interface RunOptions {
  quick: boolean;
  filter: string;
  archs: string[];
  weights: string | undefined;
  machine: Machine;
  /** The seed of the order in which cases run; null: as they are listed. */
  order: number | null;
  /** Called twice a second with what the page's progress line says. */
  onProgress(status: string): void;
}

/** Waits until the page leaves `state`; returns the state that it then is in. */
async function waitWhile(session: Session, state: string, onProgress: (status: string) => void): Promise<string | undefined> {
  for (;;) {
    const seen = await session.evaluate(() => ({
      state: document.getElementById('page')?.dataset['state'],
      status: document.getElementById('status')?.textContent ?? '',
      error: document.getElementById('error')?.textContent ?? '',
    }));
    if (seen.state === 'failed') throw new Error(`the page failed: ${seen.error}`);
    if (seen.state !== state) return seen.state;
    onProgress(seen.status);
    await pause(500);
  }
}

function address(site: string, options: RunOptions): string {
  const url = new URL('bench/', site);
  if (options.quick) url.searchParams.set('quick', '');
  if (options.filter) url.searchParams.set('filter', options.filter);
  for (const arch of options.archs) url.searchParams.append('arch', arch);
  if (options.order !== null) url.searchParams.set('order', String(options.order));
  url.searchParams.set('machine', JSON.stringify(options.machine));
  return url.href;
}

/** Opens the bench page at `site` and waits until it is ready to run. */
export async function openBenchPage(session: Session, site: string, options: RunOptions): Promise<void> {
  await session.open(address(site, options));
  await waitWhile(session, 'loading', options.onProgress);
}

/** Runs the bench page at `site`, as a person would, and returns its baseline. */
export async function runBenchPage(session: Session, site: string, options: RunOptions): Promise<string> {
  await openBenchPage(session, site, options);
  if (options.weights !== undefined) {
    await session.setFile('#weights', resolve(options.weights));
    await waitWhile(session, 'loading', options.onProgress);
  }
  if (!(await session.evaluate(() => document.querySelector('#run:not(:disabled)') !== null))) throw new Error('no case matches');
  await session.click('#run');
  await waitWhile(session, 'loading', options.onProgress);
  const end = await waitWhile(session, 'running', options.onProgress);
  if (end !== 'done') throw new Error(`the page ended its run in the state '${end}'`);
  // What a person would get by clicking on the link.
  return session.evaluate(async () => (await fetch(document.querySelector<HTMLAnchorElement>('#download')!.href)).text());
}
