/// Launches that ended are kept in a journal, and are not measured again.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Journal } from '../runner/journal.ts';
import { parseValid } from './bench.ts';
import { skipWithout } from './browsers.ts';
import { type Asked, mirror } from './mirror.ts';
import { type Ended, runner, startRunner } from './processes.ts';
import { makeSite, temporaryFolder } from './support.ts';
import { until } from './waiting.ts';

const skip = skipWithout('chromium');

const journalIn = (context: TestContext): string => join(temporaryFolder(context), 'journal');

/** The lines after the first one that are whole. */
const entriesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(1, -1) : []);

const openedAt = (asked: Asked[]): number[] => asked.map(({ opened }) => opened);

function mergedOf({ status, stdout, stderr }: Ended): Asked[] {
  assert.equal(status, 0, stderr);
  return (JSON.parse(stdout) as { merged: Asked[] }).merged;
}

const endings = {
  'a browser that dies': { status: 1, message: /^trilane runner: (the browser ended|the page crashed|the page was closed)/ },
  'Ctrl-C': { status: 130, message: /^trilane runner: interrupted \(SIGINT\)/ },
} as const;

for (const [ending, { status, message }] of Object.entries(endings)) {
  test(`${ending} in the middle of launches, and on from there`, { skip }, async (context) => {
    const file = journalIn(context);
    const options = ['--site', mirror(context), '--no-check-tier', '--journal', file];
    const run = startRunner(context, [...options, '--launches', '1000']);
    await until('two launches in the journal', () => entriesOf(file).length >= 2);
    if (ending === 'Ctrl-C') run.signal('SIGINT');
    else await run.killOthers();
    const broken = await run.ended;
    const held = entriesOf(file).map((line) => JSON.parse(line) as Asked);
    assert.ok(held.length >= 2);
    assert.equal(broken.status, status);
    assert.equal(broken.stdout, '');
    assert.match(broken.stderr, message);
    assert.ok(broken.stderr.endsWith(`; '${file}' has ${held.length} of 1000 launches: the same command goes on from there\n`));

    const all = mergedOf(await runner([...options, '--launches', String(held.length + 2)]));
    assert.equal(all.length, held.length + 2);
    assert.deepEqual(openedAt(all.slice(0, held.length)), openedAt(held));
    assert.deepEqual(all.map(({ order }) => order), Array.from(all, (_, index) => String(index + 1))); // prettier-ignore
    // With nothing left to measure it merges what there is.
    assert.deepEqual(mergedOf(await runner([...options, '--launches', String(held.length + 2)])), all);
    const less = await runner([...options, '--launches', '1']);
    assert.equal(less.status, 1);
    assert.match(less.stderr, new RegExp(`holds ${held.length + 2} launches: ask for as many`));
  });
}

test('launches of other options, another site or environment are not mixed', { skip }, async (context) => {
  const file = journalIn(context);
  const site = mirror(context);
  const run = (args: string[]) => runner(['--no-check-tier', '--journal', file, '--launches', '2', ...args]);
  mergedOf(await run(['--site', site]));
  const before = readFileSync(file, 'utf8');
  for (const [args, pattern] of [
    [['--quick', '--site', site], /is the journal of another run: quick was false, is true\n$/],
    [['--site', site, '--filter', 'x', '--order', '7'], /another run: filter was "", is "x"; order was 1, is 7\n$/],
    [['--site', makeSite(context, { 'bench/index.html': '' })], /another run: site was "\w+", is "\w+"\n$/],
  ] as const) {
    const ended = await run([...args]);
    assert.equal(ended.status, 1);
    assert.match(ended.stderr, pattern);
    assert.equal(readFileSync(file, 'utf8'), before);
  }
  writeFileSync(file, before.replaceAll('"mirror"', '"updated"'));
  const ended = await run(['--site', site, '--launches', '3']);
  assert.equal(ended.status, 1);
  assert.match(ended.stderr, /was begun in another environment/);
  assert.equal(entriesOf(file).length, 2);
});

test('a torn last line is measured again', { skip }, async (context) => {
  const file = journalIn(context);
  const run = () => runner(['--quick', '--no-calibration', '--arch', 'simd128', '--filter', '^quantize/i2_s/1024$', '--journal', file, '--launches', '2']);
  assert.equal((await run()).status, 0);
  const whole = readFileSync(file, 'utf8');
  const [header, first] = whole.split('\n');
  writeFileSync(file, whole.slice(0, -100));
  const ended = await run();
  assert.equal(ended.status, 0, ended.stderr);
  const again = readFileSync(file, 'utf8').split('\n');
  assert.deepEqual(again.slice(0, 2), [header, first]);
  assert.equal(again.length, 4);
  assert.equal(again[3], '');

  const merged = parseValid(ended.stdout);
  assert.equal(merged.suite.launches, 2);
  const samples = (text: string) => (JSON.parse(text) as { benchmarks: { launches: object[] }[] }).benchmarks[0]!.launches;
  assert.deepEqual(samples(ended.stdout), [first!, again[2]!].flatMap(samples));
});

test('a journal is one process’s at a time', (context) => {
  const file = journalIn(context);
  const journal = new Journal(file, {});
  assert.throws(() => new Journal(file, {}), new RegExp(`run that has not ended: process ${process.pid} has '.*\\.lock'`));
  journal.close();
  assert.ok(!existsSync(`${file}.lock`));
  // No process has such a number, and this one started at another time: both were killed.
  for (const killed of [`${2 ** 22 + 1} 1`, `${process.pid} 1`]) {
    writeFileSync(`${file}.lock`, killed);
    new Journal(file, {}).close();
    assert.ok(!existsSync(`${file}.lock`));
  }
});

test('what a journal holds, and files that are none', (context) => {
  const file = journalIn(context);
  const header = { work: 'test', quick: true };
  const open = (wanted: object = header): string[] => {
    const journal = new Journal(file, { ...wanted });
    journal.close();
    return journal.entries;
  };
  const journal = new Journal(file, header);
  journal.append('{"launch":1}');
  journal.append('{"launch":2}');
  journal.close();
  const text = readFileSync(file, 'utf8');
  assert.equal(text, '{"schema":"trilane.journal/1","work":"test","quick":true}\n{"launch":1}\n{"launch":2}\n');
  for (let length = 0; length <= text.length; ++length) {
    writeFileSync(file, text.slice(0, length));
    const held = text.slice(0, length).split('\n').slice(1, -1);
    assert.deepEqual(open(), held);
    const again = new Journal(file, header);
    again.append('{"launch":"new"}');
    again.close();
    assert.deepEqual(entriesOf(file), [...held, '{"launch":"new"}']);
  }
  for (const [content, pattern] of [
    ['results of another program', /is no journal of trilane/],
    ['[]\n', /is no journal of trilane/],
    ['{"schema":"trilane.baseline/1"}\n', /is no journal of trilane/],
    ['{"schema":"trilane.journal/2","work":"test","quick":true}\n', /another run: schema was "trilane.journal\/2", is "trilane.journal\/1"/],
    ['{"schema":"trilane.journal/1","work":"test"}\n', /quick was not there, is true/],
    [text.replace('{"launch":1}', '{"launch"'), /line 2 is not JSON/],
  ] as const) {
    writeFileSync(file, content);
    assert.throws(() => open(), pattern);
    assert.equal(readFileSync(file, 'utf8'), content);
  }
  assert.throws(() => new Journal('/dev/null', header), /is not a regular file/);
  assert.throws(() => new Journal(join(file, 'below'), header), /ENOTDIR/);
});
