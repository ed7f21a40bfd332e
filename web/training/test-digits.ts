/// The demo measures accuracy on the test digits: this makes their file, which is not committed.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { encodeDigits } from '../demo/digits/testset.ts';
import { writeWhole } from '../runner/output.ts';
import { testDigits } from './data.ts';

/** Where the demo's sources look for it. */
const path = fileURLToPath(new URL('../../build/test-digits.bin', import.meta.url));

/** Makes the file before a build and before the development server. */
export function testDigitsFile(): Plugin {
  return {
    name: 'trilane-test-digits',
    async buildStart() {
      mkdirSync(dirname(path), { recursive: true });
      await writeWhole(path, encodeDigits(testDigits()));
    },
  };
}
