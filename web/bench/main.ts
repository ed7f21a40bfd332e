import { element, make } from '../shared/element.ts';
import { duration } from '../shared/format.ts';
import { offerAutomation } from './automation.ts';
import { BenchClient } from './client.ts';
import { ComparisonSection } from './comparison/section.ts';
import { environment } from './environment.ts';
import { clockSpoilers, facts, hiddenSentence } from './facts.ts';
import { OptionsForm } from './options.ts';
import { parseSeed, shuffled } from './order.ts';
import { RunPlots } from './plots.ts';
import type { Environment, Machine, Suite } from './protocol.ts';
import { ResultsTable } from './results.ts';
import { VisibilityWatch } from './visibility.ts';

type State = 'loading' | 'ready' | 'running' | 'done' | 'stopped' | 'failed';

const page = element('page');
const runButton = element<HTMLButtonElement>('run');
const stopButton = element<HTMLButtonElement>('stop');
const download = element<HTMLAnchorElement>('download');
const progress = element<HTMLProgressElement>('progress');
const statusLine = element('status');
const announcement = element('announcement');
const errorLine = element('error');
const notes = element('notes');

const parameters = new URLSearchParams(location.search);
const client = new BenchClient(parameters.get('relaxed') !== 'no');
const form = new OptionsForm(parameters);
const results = new ResultsTable(element<HTMLTableSectionElement>('results'));
/** The headless runner does without: nobody looks at them. */
const plots = parameters.get('plots') === 'no' ? null : new RunPlots();
const comparison = new ComparisonSection(client);
const visibility = new VisibilityWatch();
let suite: Suite = { archs: [], cases: [], timer_resolution_ns: 0, why_not_relaxed: null };
/** Without a calibration there are no rooflines. */
const calibrates = parameters.get('calibrate') !== 'no';
/** Whether the first case is set up before the page is ready, so that measuring it begins at once. */
const prepares = parameters.has('prepare');
/** What the button would run: the suite as it is listed, nothing of which has run. */
let prepared = false;
/** Of the order in which cases run; null: as they are listed. */
let seed: number | null = null;
let stopWanted = false;

function setState(state: State, status: string): void {
  page.dataset['state'] = state;
  statusLine.textContent = status;
  announcement.textContent = status; // the status line itself changes too often to be read out
  const busy = state === 'loading' || state === 'running';
  runButton.disabled = busy || suite.cases.length === 0;
  stopButton.disabled = state !== 'running';
  form.locked = state === 'running';
}

function fail(error: unknown): void {
  errorLine.textContent = error instanceof Error ? error.message : String(error);
  errorLine.hidden = false;
  setState('failed', 'Failed.');
}

/** What spoils the times: the clock, and the cases measured while the page was hidden. */
function note(hiddenCases: number): void {
  const sentences = [...clockSpoilers(crossOriginIsolated, suite.timer_resolution_ns), hiddenSentence(hiddenCases)];
  notes.replaceChildren(...sentences.filter(Boolean).map((sentence) => make('li', '', sentence)));
}

/** Chips for every case there is. */
async function offerCases(): Promise<void> {
  form.showCases((await client.call('open', { quick: false, filter: '', archs: [] }, form.weights)).cases);
}

/** Lists the cases that the options choose. */
async function list(): Promise<void> {
  setState('loading', 'Listing the cases …');
  errorLine.hidden = true;
  download.hidden = true;
  progress.value = 0;
  suite = { ...suite, cases: [] };
  try {
    const wanted = form.suiteOptions;
    // To the harness no arch means every arch; to a person it means none.
    if (wanted.archs.length > 0) suite = await client.call('open', wanted, form.weights);
    const [first] = order();
    if (prepares && first !== undefined) await client.call('prepare', first);
    prepared = prepares;
    setState('ready', suite.cases.length === 0 ? 'No case matches.' : `${suite.cases.length} cases.`);
  } catch (error) {
    fail(error);
  }
  results.list(suite.cases);
}

async function listAnew(otherFile: boolean): Promise<void> {
  if (otherFile) {
    setState('loading', 'Opening the file …');
    await offerCases().catch(() => {}); // list() meets the same error and shows it
  }
  await list();
}

async function run(where: Environment): Promise<void> {
  if (!prepared) await list();
  prepared = false;
  if (page.dataset['state'] !== 'ready') return;
  stopWanted = false;
  note(0);
  plots?.start();
  setState('running', calibrates ? 'Measuring what this machine can do at all …' : 'Measuring …');
  try {
    if (calibrates) {
      const calibration = await client.call('calibrate');
      plots?.calibrated(calibration);
    }
    const done = await measure();
    if (done > 0) offer(await client.call('baseline', where));
    setState(stopWanted ? 'stopped' : 'done', `${stopWanted ? 'Stopped' : 'Done'}: ${done} of ${suite.cases.length} cases.`);
  } catch (error) {
    fail(error);
  }
}

/** The indices of the suite's cases in the order in which they run. */
function order(): Iterable<number> {
  return seed === null ? suite.cases.keys() : shuffled(suite.cases.length, seed);
}

/** Runs the cases until all are done or someone wants to stop. Returns how many ran. */
async function measure(): Promise<number> {
  const { cases } = suite;
  let done = 0;
  let hidden = 0;
  let left = '';
  for (const index of order()) {
    if (stopWanted) break;
    const next = cases[index]!;
    statusLine.textContent = `${done + 1} of ${cases.length}: ${next.case}, ${next.arch}${left}`;
    results.started(index);
    visibility.wasHidden(); // what was before does not count
    const { benchmark, seconds_left } = await client.call('run', index);
    const disturbed = visibility.wasHidden();
    results.ended(index, benchmark, disturbed);
    if (disturbed) note(++hidden);
    progress.value = ++done / cases.length;
    left = seconds_left === null ? '' : `, ${duration(seconds_left)} left`;
    await plots?.add(benchmark); // between two cases, not while one is timed
  }
  return done;
}

/** The baseline: for the comparison, and as a file. */
function offer(baseline: string): void {
  if (download.href) URL.revokeObjectURL(download.href);
  download.href = URL.createObjectURL(new Blob([baseline], { type: 'application/json' }));
  download.download = 'trilane-baseline.json';
  download.hidden = false;
  comparison.setOwn(baseline);
}

function describe(where: Environment): void {
  const entries = facts(where, suite).map(({ name, value, sentence }) => {
    const entry = make('div');
    entry.append(make('dt', '', name), make('dd', '', value), make('dd', 'quiet', sentence));
    return entry;
  });
  element('environment').replaceChildren(...entries);
}

addEventListener('error', ({ error, message }) => fail(error ?? message));
addEventListener('unhandledrejection', ({ reason }) => fail(reason));

try {
  seed = parseSeed(parameters.get('order'));
  const machine = parameters.get('machine');
  const where = await environment(machine === null ? null : (JSON.parse(machine) as Machine));
  suite = await client.call('open', { quick: true, filter: '', archs: [] }, null);
  form.showArchs(suite.archs, parameters.getAll('arch'));
  await offerCases();
  describe(where);
  note(0);
  form.onRun(() => void run(where));
  form.onChange((otherFile) => void listAnew(otherFile));
  stopButton.addEventListener('click', () => {
    stopWanted = true;
    stopButton.disabled = true;
    statusLine.textContent = 'Stopping after this case …';
  });
  offerAutomation(client);
  await list();
} catch (error) {
  fail(error);
}
