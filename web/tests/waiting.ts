/// The only place in these tests where time passes. Every other wait goes through until(); suite.test.ts looks for sleeps.

import { setTimeout as pause } from 'node:timers/promises';

const lookMs = 20;

/** Far longer than any state here takes on a busy machine. It ends a test whose state never comes. */
export const patienceSeconds = 300;

/** Waits until `look` returns something true, and returns that. Throws what it waited for, and what `look` throws. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<Exclude<T, false | null | undefined | '' | 0>> {
  for (const end = performance.now() + patienceSeconds * 1000; performance.now() < end; await pause(lookMs)) {
    const seen = await look();
    if (seen) return seen as Exclude<T, false | null | undefined | '' | 0>;
  }
  throw new Error(`waited ${patienceSeconds} s for ${what}`);
}
