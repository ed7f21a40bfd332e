/// What a test starts ends with it, in the reverse order: a page before the browser's server, a program before its folder.

import type { TestContext } from 'node:test';

type End = () => unknown;

const ends = new WeakMap<TestContext, End[]>();

/** Runs every end, the last one first. Throws the first error after all of them ran. */
async function runAll(all: End[]): Promise<void> {
  const errors: unknown[] = [];
  for (const end of all.reverse()) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Calls `end` when the test is over. */
export function atEnd(context: TestContext, end: End): void {
  const known = ends.get(context);
  if (known) return void known.push(end);
  const all = [end];
  ends.set(context, all);
  context.after(() => runAll(all));
}
