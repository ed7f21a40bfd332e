/// Launches on request, their order, and launches that do not calibrate.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { parseRequest } from '../runner/requests.ts';
import { parseValid } from './bench.ts';
import { skipWithout, testInEachBrowser } from './browsers.ts';
import { type Asked, mirror, mirrorThatHolds, untilHeld } from './mirror.ts';
import { type Program, runner, startRunner } from './processes.ts';

/** A runner that stays, and what a driver does with it. */
class Requests {
  readonly #runner: Program;

  constructor(context: TestContext, args: string[]) {
    this.#runner = startRunner(context, ['--on-request', ...args]);
  }

  send(line: string): void {
    this.#runner.send(line);
  }

  async next(): Promise<string> {
    return (await this.#runner.said(/^(.*)\n/))[1]!;
  }

  ask(line: string): Promise<string> {
    this.send(line);
    return this.next();
  }

  async error(line: string): Promise<string> {
    const { error, ...others } = JSON.parse(await this.ask(line)) as { error: string };
    assert.deepEqual(others, {});
    return error;
  }

  killBrowser(): Promise<void> {
    assert.notEqual(this.#runner.others().length, 0);
    return this.#runner.killOthers();
  }

  untilHeld(): Promise<void> {
    return untilHeld(this.#runner);
  }

  signal(signal: NodeJS.Signals): void {
    this.#runner.signal(signal);
  }

  /** Ends the input; then the runner ends well and silently. */
  async end(): Promise<void> {
    this.#runner.endInput();
    assert.equal(await this.ended(0), '');
  }

  /** Checks that nothing more comes and nothing stays; returns what was on the standard error. */
  async ended(status: number): Promise<string> {
    const ended = await this.#runner.ended;
    assert.equal(ended.status, status, ended.stderr);
    assert.equal(this.#runner.unread, '');
    await this.#runner.allEnded();
    return ended.stderr;
  }
}

const quick = ['--quick', '--arch', 'simd128'];
const namesOf = (answer: string) => parseValid(answer).benchmarks.map((one) => one.case);

testInEachBrowser('launches on request, errors between them, a browser that is killed', async (context, name) => {
  const requests = new Requests(context, ['--browser', name, ...quick, '--filter', '^quantize/(i2_s|tl2)/1024$']);
  const first = await requests.ask('{"seed":7}');
  assert.deepEqual(namesOf(first), ['quantize/i2_s/1024', 'quantize/tl2/1024']);
  const second = await requests.ask('{"seed":8,"cases":"^gemv/i2_s/640x2560$"}');
  assert.deepEqual(namesOf(second), ['gemv/i2_s/640x2560']);
  // What the machine can do at all is measured once.
  assert.notEqual(parseValid(first).calibration.bandwidth.length, 0);
  assert.deepEqual(parseValid(second).calibration, { bandwidth: [], int8_mac: [] });

  assert.match(await requests.error('{"seed":'), /^the request is not JSON$/);
  await requests.killBrowser();
  assert.match(await requests.error('{}'), /the browser ended|webkit did not start/);
  assert.match(await requests.error('{"cases":"^no_such_case$"}'), /no case matches/);
  assert.deepEqual(namesOf(await requests.ask('{}')), ['quantize/i2_s/1024', 'quantize/tl2/1024']);
  await requests.end();
});

testInEachBrowser('a launch that was prepared, another than that, and a browser that is killed between', async (context, name) => {
  const requests = new Requests(context, ['--browser', name, '--no-calibration', ...quick]);
  const launch = '{"seed":3,"cases":"^quantize/i2_s/(1024|4096)$"}';
  const prepare = () => requests.ask(`{"prepare":${launch}}`);
  assert.equal(await prepare(), '{}');
  assert.deepEqual(namesOf(await requests.ask(launch)), ['quantize/i2_s/1024', 'quantize/i2_s/4096']);
  assert.equal(await prepare(), '{}');
  assert.deepEqual(namesOf(await requests.ask('{"seed":3,"cases":"^quantize/tl2/1024$"}')), ['quantize/tl2/1024']);
  assert.deepEqual(namesOf(await requests.ask(launch)), ['quantize/i2_s/1024', 'quantize/i2_s/4096']);

  assert.equal(await prepare(), '{}');
  await requests.killBrowser();
  assert.match(await requests.error(launch), /the browser ended|the page/);
  assert.equal(await prepare(), '{}');
  assert.deepEqual(namesOf(await requests.ask(launch)), ['quantize/i2_s/1024', 'quantize/i2_s/4096']);
  assert.match(await requests.error('{"prepare":{"cases":"^("}}'), /./);
  await requests.end();
});

test('a browser that is killed while it measures', { skip: skipWithout('chromium') }, async (context) => {
  const requests = new Requests(context, ['--site', mirrorThatHolds(context), '--no-calibration', ...quick]);
  requests.send('{"cases":"hold"}');
  await requests.untilHeld();
  await requests.killBrowser();
  assert.equal(await requests.next(), '{"error":"the browser ended"}');
  assert.equal((JSON.parse(await requests.ask('{"cases":"one"}')) as Asked).filter, 'one');
  await requests.end();
});

test('Ctrl-C while it waits for a request', { skip: skipWithout('chromium') }, async (context) => {
  const requests = new Requests(context, ['--no-calibration', ...quick]);
  await requests.ask('{"cases":"^quantize/i2_s/1024$"}');
  requests.signal('SIGINT');
  assert.match(await requests.ended(130), /^trilane runner: interrupted \(SIGINT\)[^\n]*\n$/);
});

test('a launch without calibration', { skip: skipWithout('chromium') }, async () => {
  const ended = await runner(['--no-calibration', ...quick, '--filter', '^gemv/i2_s/640x2560$']);
  assert.equal(ended.status, 0, ended.stderr);
  const { benchmarks, calibration } = parseValid(ended.stdout);
  assert.deepEqual(calibration, { bandwidth: [], int8_mac: [] });
  assert.deepEqual(benchmarks.map(({ roofline }) => roofline), [null]); // prettier-ignore
});

test('what a launch is asked for', { skip: skipWithout('chromium') }, async (context) => {
  const site = ['--site', mirror(context), '--no-check-tier'];
  const asked = async (args: string[]) => {
    const ended = await runner([...site, ...args]);
    assert.equal(ended.status, 0, ended.stderr);
    return JSON.parse(ended.stdout) as Asked & { merged: Asked[] };
  };
  const orders = async (args: string[]) => (await asked(args)).merged.map(({ order }) => order);

  assert.equal((await asked([])).order, undefined);
  assert.equal((await asked(['--order', '0'])).order, '0');
  assert.deepEqual(await orders(['--launches', '3']), ['1', '2', '3']);
  assert.deepEqual(await orders(['--launches', '2', '--order', '4294967295']), ['4294967295', '0']); // as `trilane bench` counts
  assert.equal((await asked(['--no-calibration'])).calibrate, 'no');
  assert.equal((await asked([])).calibrate, undefined);

  const requests = new Requests(context, [...site, '--filter', 'all', '--order', '5']);
  const answers: Asked[] = [];
  const long = `^(${'a'.repeat(30_000)})$`;
  for (const request of [{}, { seed: 4294967295, cases: 'one' }, { seed: 0 }, { cases: long }]) {
    answers.push(JSON.parse(await requests.ask(JSON.stringify(request))) as Asked);
  }
  const said = answers.map(({ order, filter, calibrate }) => [order, filter, calibrate]);
  assert.deepEqual(said, [['5', 'all', undefined], ['4294967295', 'one', 'no'], ['0', 'all', 'no'], ['5', long, 'no']]); // prettier-ignore
  await requests.end();
});

test('a launch is made on the page that was prepared for it', { skip: skipWithout('chromium') }, async (context) => {
  const requests = new Requests(context, ['--site', mirror(context), '--no-calibration']);
  const launch = async (text: string) => JSON.parse(await requests.ask(text)) as Asked;
  let visits = 0;
  for (const text of ['{}', '{"seed":7,"cases":"one"}']) {
    assert.equal(await requests.ask(`{"prepare":${text}}`), '{}');
    const { visit, prepare, order } = await launch(text);
    assert.equal(visit, ++visits); // the page that was prepared, and no other since
    assert.equal(prepare, '');
    const again = await launch(text);
    assert.equal(again.visit, ++visits);
    assert.equal(again.order, order);
  }
  await requests.end();
});

test('requests that are none', () => {
  assert.deepEqual(parseRequest('{}'), {});
  assert.deepEqual(parseRequest(' {"cases":"","seed":0} '), { cases: '', seed: 0 });
  assert.deepEqual(parseRequest('{"prepare":{"seed":1}}'), { prepare: { seed: 1 } });
  for (const [line, message] of [
    ['', /not JSON/],
    ['[]', /no JSON object/],
    ['null', /no JSON object/],
    ['7', /no JSON object/],
    ['{"seed":-1}', /seed is no integer/],
    ['{"seed":1.5}', /seed is no integer/],
    ['{"seed":"1"}', /seed is no integer/],
    ['{"seed":4294967296}', /seed is no integer/],
    ['{"cases":["a"]}', /cases are no text/],
    ['{"case":"a"}', /unknown field "case"/],
    ['{"prepare":{},"seed":1}', /unknown field "prepare"/],
    ['{"prepare":7}', /prepare is no JSON object/],
    ['{"prepare":{"prepare":{}}}', /unknown field "prepare"/],
    ['{"prepare":{"seed":-1}}', /seed is no integer/],
  ] as const) {
    assert.throws(() => parseRequest(line), message, line);
  }
});

test('options that make no sense on request, and orders that are none', async () => {
  for (const [args, pattern] of [
    [['--on-request', '--launches', '2'], /--launches makes no sense with --on-request/],
    [['--on-request', '--check-tier'], /--check-tier makes no sense with --on-request/],
    [['--on-request', '--journal', 'x'], /--journal makes no sense with --on-request/],
    [['--on-request', '-o', 'x.json'], /--output makes no sense with --on-request/],
    [['--order', 'soon'], /--order 'soon' is no integer/],
    [['--order', '4294967296'], /--order '4294967296' is no integer/],
  ] as const) {
    const ended = await runner([...args]);
    assert.equal(ended.status, 2);
    assert.match(ended.stderr, pattern);
    assert.equal(ended.stderr.trim().split('\n').length, 1);
  }
});
