// node --test report.test.mjs: .github/action/report.mjs against a server that answers as GitHub's API does.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../.github/action/report.mjs', import.meta.url));
const marker = '<!-- trilane -->';
const sha = 'a'.repeat(40);

/** Runs the script over `files`; `answer(request)` is the server's part. */
async function report(files, answer, environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  const event = join(folder, 'event'); // no .md
  const summary = join(folder, 'summary');
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha } } }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const requests = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const one = { method: request.method, url: request.url, token: request.headers.authorization, body: text && JSON.parse(text) };
    requests.push(one);
    const [status, body] = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const child = spawn(process.execPath, [script, folder], {
      env: {
        PATH: process.env.PATH,
        GITHUB_API_URL: `http://127.0.0.1:${server.address().port}`,
        GITHUB_REPOSITORY: 'some/where',
        GITHUB_TOKEN: 'secret',
        GITHUB_EVENT_PATH: event,
        GITHUB_STEP_SUMMARY: summary,
        ...environment,
      },
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const status = await new Promise((resolve) => child.on('close', resolve));
    return { status, output, requests, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

const files = {
  'comment.md': `${marker}\nall well\n`,
  'native.md': 'native well\n',
  'native-check-run.json': JSON.stringify({ name: 'trilane: native', status: 'completed', conclusion: 'success', output: {} }),
};
const bot = { type: 'Bot' };
const api = (comments) => ({ method, url }) => {
  if (method === 'GET') return [200, comments];
  return url.includes('check-runs') || url.includes('comments') ? [201, {}] : [404, {}];
};

test('the first report is a new comment and a check run of the head', async () => {
  const { status, requests } = await report(files, api([{ id: 1, user: bot, body: 'of another tool' }]));
  assert.equal(status, 0);
  const [, comment, check] = requests;
  assert.deepEqual([comment.method, comment.url], ['POST', '/repos/some/where/issues/7/comments']);
  assert.equal(comment.body.body, files['comment.md']);
  assert.equal(comment.token, 'Bearer secret');
  assert.deepEqual([check.method, check.url], ['POST', '/repos/some/where/check-runs']);
  assert.deepEqual([check.body.head_sha, check.body.conclusion], [sha, 'success']);
});

test('the next one updates its own comment, and nobody else’s', async () => {
  const comments = [
    { id: 1, user: { type: 'User' }, body: `${marker}\nsomebody's copy` },
    { id: 2, user: bot, body: `a quote of\n${marker}` },
    { id: 3, user: bot, body: `${marker}\nlast time` },
  ];
  const { requests } = await report(files, api(comments));
  const changed = requests.filter(({ method, url }) => method !== 'GET' && url.includes('comments'));
  assert.deepEqual(changed.map(({ method, url }) => [method, url]), [['PATCH', '/repos/some/where/issues/comments/3']]);
});

test('its own comment is found on a later page', async () => {
  const others = Array.from({ length: 100 }, (_, id) => ({ id, user: bot, body: 'other' }));
  const { requests } = await report(files, ({ method, url }) => {
    if (method !== 'GET') return [200, {}];
    return [200, url.endsWith('page=1') ? others : [{ id: 500, user: bot, body: marker }]];
  });
  assert.ok(requests.some(({ method, url }) => method === 'PATCH' && url.endsWith('/500')));
});

test('a token that may not write is a notice, and no failure', async () => {
  const { status, output, requests } = await report(files, ({ method }) => (method === 'GET' ? [200, []] : [403, { message: 'no' }]));
  assert.equal(status, 0);
  assert.match(output, /::notice.*no comment.*pull-requests: write/);
  assert.match(output, /::notice.*no check run for native.*checks: write/);
  assert.equal(requests.length, 3);
});

test('a server that fails is a warning', async () => {
  const { status, output } = await report(files, () => [500, {}]);
  assert.equal(status, 0);
  assert.match(output, /::warning.*no comment.*500/);
});

test('what could not be compared is a check run that failed', async () => {
  const { requests } = await report({ 'comment.md': marker, 'native.md': 'a launch failed' }, api([]));
  const check = requests.find(({ url }) => url.includes('check-runs'));
  assert.equal(check.body.conclusion, 'failure');
  assert.match(check.body.output.summary, /a launch failed/);
});

test('a comment that GitHub would not take is cut, with what is open closed', async () => {
  const long = `${marker}\n<details><summary>all</summary>\n\n${'| a row of a table |\n'.repeat(5000)}</details>\n`;
  const { requests } = await report({ ...files, 'comment.md': long }, api([]));
  const { body } = requests.find(({ method, url }) => method === 'POST' && url.includes('comments')).body;
  assert.ok(body.length <= 65_536);
  assert.equal(body.split('<details>').length, body.split('</details>').length);
  assert.match(body, /artifact/);
  assert.match(body, /\| a row of a table \|\n\n<\/details>/);
});

test('of a comment that is too long every target keeps its beginning, and all verdicts', async () => {
  const section = (name) => `\n### ${name}\n\n## verdict of ${name}\n\n<details>\n\n${'| a row |\n'.repeat(8000)}</details>\n`;
  const long = `${marker}\n- **native**: pass\n- **chromium**: regressed\n${section('native')}${section('chromium')}`;
  const { requests } = await report({ ...files, 'comment.md': long }, api([]));
  const { body } = requests.find(({ method, url }) => method === 'POST' && url.includes('comments')).body;
  assert.ok(body.length <= 65_536);
  assert.ok(body.startsWith(`${marker}\n- **native**: pass\n- **chromium**: regressed\n`));
  assert.match(body, /## verdict of chromium/);
  assert.ok(body.length > 60_000);
  assert.equal(body.split('<details>').length, body.split('</details>').length);
});

test('what is turned off is not sent', async () => {
  const { requests } = await report(files, api([]), { TRILANE_COMMENT: 'false', TRILANE_CHECK_RUN: 'false' });
  assert.deepEqual(requests, []);
});

test('the job’s summary has the report, without a comment too', async () => {
  const { summary } = await report(files, api([]), { TRILANE_COMMENT: 'false' });
  assert.equal(summary, files['comment.md']);
});

test('nothing measured is nothing reported', async () => {
  const { status, output, requests } = await report({}, api([]));
  assert.equal(status, 0);
  assert.match(output, /::notice.*nothing to report/);
  assert.deepEqual(requests, []);
});
