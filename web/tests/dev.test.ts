/** The development server, which the README names. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { inRepo } from './support.ts';

test('npm run dev serves the bench page, isolated', async (context) => {
  const server = spawn('npm', ['--prefix', inRepo('web'), 'run', 'dev', '--', '--port', '0'], { detached: true });
  context.after(() => process.kill(-server.pid!));
  let said = '';
  for await (const line of createInterface(server.stdout)) {
    said += `${line}\n`;
    // Without the colours.
    const url = /http:\/\/localhost:\d+\//.exec(line.replace(/\x1b\[\d+m/g, ''))?.[0];
    if (url === undefined) continue;
    const page = await fetch(`${url}bench/`);
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('Cross-Origin-Opener-Policy'), 'same-origin');
    assert.match(await page.text(), /trilane bench/);
    return;
  }
  assert.fail(`the server ended: ${said}`);
});
