/// Files and folders of tests.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { atEnd } from './ending.ts';
import { isAll } from './environment.ts';

export { inRepo } from './paths.ts';
export { type Ended, start, trilane } from './processes.ts';

/** For a test's option `skip`: what takes long or much room runs in `scripts/test --all`. */
export const skipUnlessAll: string | false = isAll ? false : 'long or large: TRILANE_TEST_ALL=1 runs it';

/** A folder that goes with the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trilane-test-'));
  atEnd(context, () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with these files. */
export function makeSite(context: TestContext, files: Record<string, string>): string {
  const site = temporaryFolder(context);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    writeFileSync(join(site, name), text);
  }
  return site;
}
