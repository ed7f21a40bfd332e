/// The headless runner: the bench page in a real browser, its baseline in a file.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BrowserName, browserNames } from './browser.ts';
import { digestOf } from './digest.ts';
import { firstLine } from './errors.ts';
import { Interrupted, interrupted } from './interruption.ts';
import { Journal } from './journal.ts';
import { machine } from './machine.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { writeOut, writeWhole } from './output.ts';
import { progress } from './progress.ts';
import { answerRequests } from './requests.ts';
import { serve } from './server.ts';

const usage = `usage: node web/runner/main.ts [options]

Runs the bench page of a built site (npm run build) in a headless browser and writes the baseline that the page makes.

  --browser NAME      chromium (default; its headless shell, where that is installed), firefox or webkit: WebKitGTK, under a
                      display of its own where there is none
  --executable FILE   that browser's program, when it is not where it usually is
  --launches N        measure in N fresh pages, each with the cases in another order, and merge (default 1)
  --order SEED        shuffle the cases by this seed, as \`trilane bench --order\` does, and keep the page's worker on the
                      core of this number, counted around (Linux); --launches take SEED, SEED + 1 …, by default from 1 on,
                      on any core
  --journal FILE      keep each launch in this file as it ends; the same command goes on where a run ended before its time
  --on-request        stay, with one browser: each line on the standard input asks for a launch in a fresh page
  --quick             fewer and shorter samples
  --no-calibration    do not measure what the machine can do: no roofs
  --filter REGEX      only the cases in whose name REGEX is found
  --arch NAME         only this arch; may be repeated
  --weights FILE      a .safetensors file whose tensors become the cases
  --[no-]check-tier   Chromium only, where it is the default without --quick: measure once more with the optimizing
                      compiler forced, and write down which of V8's compilers made the code of each case
  --timeout SECONDS   give up a launch after this long (default 900); on request, its preparation has as long again
  --site DIR          the built site (default web/site)
  -o, --output FILE   where the baseline goes; - is the standard output (default)
  -h, --help, --version

A request is a JSON object in one line, {"seed":7,"cases":"^gemv/"}: the order's seed and a pattern in place of --filter's,
both optional. Its answer is one line on the standard output: the baseline, or {"error":"why there is none"}, after which
the next request starts a new browser. {"prepare":{…}} around a request has its page ready for when that request comes, and
answers {}: two runners get ready beside each other, and then measure one after the other. Only the first launch calibrates.
The end of the input ends the runner.

Exit status: 0 the baseline is written, or all requests are answered · 1 it is not: one line says why · 2 wrong usage ·
             130 interrupted

Examples:
  node web/runner/main.ts --quick -o out/chromium.json
  node web/runner/main.ts --browser firefox --filter 'quantize/.*/65536' -o -
  node web/runner/main.ts --browser webkit --launches 5 -o out/webkit.json
  node web/runner/main.ts --launches 10 --journal out/chromium.journal -o out/chromium.json
  echo '{"seed":7,"cases":"^gemv/i2_s/2560x2560$"}' | node web/runner/main.ts --on-request --quick --no-calibration
`;

class UsageError extends Error {}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function parse() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        browser: { type: 'string', default: 'chromium' },
        executable: { type: 'string' },
        launches: { type: 'string', default: '1' },
        order: { type: 'string' },
        journal: { type: 'string' },
        'on-request': { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        calibration: { type: 'boolean', default: true },
        filter: { type: 'string', default: '' },
        arch: { type: 'string', multiple: true, default: [] },
        weights: { type: 'string' },
        'check-tier': { type: 'boolean' },
        timeout: { type: 'string', default: '900' },
        site: { type: 'string', default: here('../site') },
        output: { type: 'string', short: 'o', default: '-' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
      allowNegative: true,
    }));
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
  if (!browserNames.includes(values.browser as BrowserName)) {
    throw new UsageError(`--browser '${values.browser}' is unknown: choose from ${browserNames.join(', ')}`);
  }
  const browser = values.browser as BrowserName;
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) throw new UsageError(`--timeout '${values.timeout}' is no number of seconds`);
  const launches = Number(values.launches);
  if (!/^\d+$/.test(values.launches) || launches < 1) throw new UsageError(`--launches '${values.launches}' is no number from 1`);
  if (values['check-tier'] && browser !== 'chromium') throw new UsageError(`--check-tier is for chromium, not for ${browser}`);
  const order = values.order === undefined ? null : Number(values.order);
  if (order !== null && (!/^\d+$/.test(values.order!) || order >= 2 ** 32)) {
    throw new UsageError(`--order '${values.order}' is no integer from 0 to 4294967295`);
  }
  const onRequest = values['on-request'];
  if (onRequest) {
    const senseless = [
      launches > 1 && '--launches',
      values.journal !== undefined && '--journal',
      values['check-tier'] && '--check-tier',
      values.output !== '-' && '--output',
    ].find(Boolean);
    if (senseless) throw new UsageError(`${senseless} makes no sense with --on-request, which answers each request by a launch`);
  }
  const checkTier = values['check-tier'] ?? (browser === 'chromium' && !values.quick && !onRequest);
  return { ...values, browser, timeoutSeconds, launches, order, onRequest, checkTier, calibrate: values.calibration };
}

type Options = ReturnType<typeof parse>;

/** The journal that is asked for, if one is: its launches are of the same site, browser, machine and suite. */
async function openJournal(options: Options, site: string): Promise<Journal | null> {
  if (options.journal === undefined) return null;
  const journal = new Journal(options.journal, {
    work: 'runner',
    site: await digestOf(site),
    machine: machine(),
    browser: options.browser,
    filter: options.filter,
    archs: options.arch,
    quick: options.quick,
    calibration: options.calibrate,
    order: options.order ?? 1,
    weights: options.weights === undefined ? '' : await digestOf(options.weights),
  });
  const held = journal.entries.length;
  if (held <= options.launches) return journal;
  throw new Error(`'${journal.path}' holds ${held} launches: ask for as many, or begin another journal`);
}

/** Says in the error how a run with a journal goes on. */
function explain(error: unknown, { path, entries }: Journal, launches: number): unknown {
  if (error instanceof Error && entries.length > 0) {
    error.message = `${firstLine(error)}; '${path}' has ${entries.length} of ${launches} launches: the same command goes on from there`;
  }
  return error;
}

async function main(): Promise<void> {
  const options = parse();
  if (options.help) return void process.stdout.write(usage);
  if (options.version) {
    const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8')) as { version: string };
    return void process.stdout.write(`trilane ${version}\n`);
  }
  const site = resolve(options.site);
  if (!existsSync(`${site}/bench/index.html`)) throw new Error(`no built site in '${site}': run npm run build in web/ first`);
  if (options.weights !== undefined && !existsSync(options.weights)) throw new Error(`there is no file '${options.weights}'`);

  const journal = await openJournal(options, site);
  const server = await serve(site);
  try {
    const measuring: MeasureOptions = {
      ...options,
      site: server.url,
      archs: options.arch,
      weights: options.weights,
      executable: options.executable,
      journal,
      prepares: false,
      keepsToCore: options.launches === 1 && journal === null,
      machine: machine(),
      interrupted,
      onProgress: (status) => progress.show(status),
    };
    if (options.onRequest) await answerRequests(process.stdin, writeOut, measuring);
    else await writeWhole(options.output, await measure(measuring));
  } catch (error) {
    throw journal ? explain(error, journal, options.launches) : error;
  } finally {
    progress.clear();
    server.close();
    journal?.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`trilane runner: ${firstLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : error instanceof Interrupted ? error.status : 1;
}
