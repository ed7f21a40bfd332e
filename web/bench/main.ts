import { offerAutomation } from './automation.ts';
import { BenchClient } from './client.ts';
import { environment } from './environment.ts';
import { duration, time } from '../shared/format.ts';
import { parseSeed, shuffled } from './order.ts';
import type { Environment, Machine, Suite, SuiteOptions } from './protocol.ts';
import { ResultsTable } from './results.ts';

type State = 'loading' | 'ready' | 'running' | 'done' | 'stopped' | 'failed';

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page lacks #${id}.`);
  return found as T;
}

const page = element('page');
const form = element<HTMLFormElement>('options');
const filter = element<HTMLInputElement>('filter');
const weights = element<HTMLInputElement>('weights');
const archs = element('archs');
const quick = element<HTMLInputElement>('quick');
const runButton = element<HTMLButtonElement>('run');
const stopButton = element<HTMLButtonElement>('stop');
const download = element<HTMLAnchorElement>('download');
const progress = element<HTMLProgressElement>('progress');
const statusLine = element('status');
const errorLine = element('error');
const results = new ResultsTable(element<HTMLTableSectionElement>('results'));

const parameters = new URLSearchParams(location.search);
const client = new BenchClient(parameters.get('relaxed') !== 'no');
let suite: Suite = { archs: [], cases: [], timer_resolution_ns: 0, why_not_relaxed: null };
/** Of the order in which cases run; null: as they are listed. */
let seed: number | null = null;
let stopWanted = false;

function setState(state: State, status: string): void {
  page.dataset['state'] = state;
  statusLine.textContent = status;
  const busy = state === 'loading' || state === 'running';
  runButton.disabled = busy || suite.cases.length === 0;
  stopButton.disabled = state !== 'running';
  for (const input of form.querySelectorAll('input')) input.disabled = state === 'running';
}

function fail(error: unknown): void {
  errorLine.textContent = error instanceof Error ? error.message : String(error);
  errorLine.hidden = false;
  setState('failed', 'Failed.');
}

function options(): SuiteOptions {
  const boxes = [...archs.querySelectorAll<HTMLInputElement>('input:checked')];
  return { quick: quick.checked, filter: filter.value, archs: boxes.map((box) => box.value) };
}

/** Lists the cases that the options choose. */
async function list(): Promise<void> {
  setState('loading', 'Listing the cases …');
  errorLine.hidden = true;
  download.hidden = true;
  progress.value = 0;
  suite = { ...suite, cases: [] };
  try {
    const wanted = options();
    // To the harness no arch means every arch; to a person it means none.
    if (wanted.archs.length > 0) suite = await client.call('open', wanted, weights.files?.[0] ?? null);
    setState('ready', suite.cases.length === 0 ? 'No case matches.' : `${suite.cases.length} cases.`);
  } catch (error) {
    fail(error);
  }
  results.list(suite.cases);
}

async function run(where: Environment): Promise<void> {
  await list();
  if (page.dataset['state'] !== 'ready') return;
  stopWanted = false;
  const { cases } = suite;
  setState('running', 'Measuring what this machine can do at all …');
  try {
    await client.call('calibrate');
    let done = 0;
    let left = '';
    const order = seed === null ? [...cases.keys()] : shuffled(cases.length, seed);
    for (const index of order) {
      if (stopWanted) break;
      const next = cases[index]!;
      statusLine.textContent = `${done + 1} of ${cases.length}: ${next.case}, ${next.arch}${left}`;
      results.started(index);
      const { benchmark, seconds_left } = await client.call('run', index);
      results.show(index, benchmark);
      results.ended(index);
      progress.value = ++done / cases.length;
      left = seconds_left === null ? '' : `, ${duration(seconds_left)} left`;
    }
    if (done > 0) offer(await client.call('baseline', where));
    setState(stopWanted ? 'stopped' : 'done', `${stopWanted ? 'Stopped' : 'Done'}: ${done} of ${cases.length} cases.`);
  } catch (error) {
    fail(error);
  }
}

function offer(baseline: string): void {
  if (download.href) URL.revokeObjectURL(download.href);
  download.href = URL.createObjectURL(new Blob([baseline], { type: 'application/json' }));
  download.download = 'trilane-baseline.json';
  download.hidden = false;
}

function describe(where: Environment): void {
  const facts: [string, string][] = [
    ['Engine', `${where.engine.name} ${where.engine.version}`],
    ['Cross-origin isolated', where.cross_origin_isolated ? 'yes' : 'no: the clock ticks more coarsely'],
    ['Clock tick, measured', time(suite.timer_resolution_ns)],
    ['Relaxed SIMD', suite.why_not_relaxed ? `no: ${suite.why_not_relaxed}` : 'yes'],
    ['CPU', where.cpu.model ?? 'unknown to a page'],
    ['Logical cores', String(where.cpu.logical_cores)],
    ['User agent', where.engine.user_agent],
  ];
  const list = element('environment');
  for (const [name, value] of facts) {
    const term = document.createElement('dt');
    term.textContent = name;
    const description = document.createElement('dd');
    description.textContent = value;
    list.append(term, description);
  }
}

function addArchs(names: string[]): void {
  const wanted = parameters.getAll('arch');
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no arch '${unknown}' here: choose from ${names.join(', ')}.`);
  for (const name of names) {
    const label = document.createElement('label');
    label.className = 'check';
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.value = name;
    box.checked = wanted.length === 0 || wanted.includes(name);
    label.append(box, ` ${name}`);
    archs.append(label);
  }
}

addEventListener('error', ({ error, message }) => fail(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => fail(reason));

try {
  filter.value = parameters.get('filter') ?? '';
  quick.checked = parameters.has('quick');
  seed = parseSeed(parameters.get('order'));
  offerAutomation(client);
  const machine = parameters.get('machine');
  const where = await environment(machine === null ? null : (JSON.parse(machine) as Machine));
  const all = await client.call('open', { quick: true, filter: '', archs: [] }, null);
  suite = all;
  addArchs(all.archs);
  describe(where);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(where);
  });
  for (const input of [filter, weights, quick, archs]) input.addEventListener('change', () => void list());
  stopButton.addEventListener('click', () => {
    stopWanted = true;
    stopButton.disabled = true;
    statusLine.textContent = 'Stopping after this case …';
  });
  await list();
} catch (error) {
  fail(error);
}
