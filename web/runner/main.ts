/// The headless runner: the bench page in a real browser, its baseline in a file.

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BrowserName, browserNames, firstLine, launch } from './browser.ts';
import { machine } from './machine.ts';
import { writeWhole } from './output.ts';
import { runBenchPage } from './run.ts';
import { serve } from './server.ts';

const usage = `usage: node web/runner/main.ts [options]

Runs the bench page of a built site (npm run build) in a headless browser and writes the baseline that the page makes.

  --browser NAME      chromium (default) or firefox, found on the PATH
  --executable FILE   that browser's program, when it is not on the PATH
  --quick             fewer and shorter samples
  --filter REGEX      only the cases in whose name REGEX is found
  --arch NAME         only this arch; may be repeated
  --weights FILE      a .safetensors file whose tensors become the cases
  --timeout SECONDS   give up after this long (default 900)
  --site DIR          the built site (default web/site)
  -o, --output FILE   where the baseline goes; - is the standard output (default)
  -h, --help, --version

Exit status: 0 the baseline is written · 1 it is not: one line says why · 2 wrong usage

Examples:
  node web/runner/main.ts --quick -o out/chromium.json
  node web/runner/main.ts --browser firefox --filter 'quantize/.*/65536' -o -
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
        quick: { type: 'boolean', default: false },
        filter: { type: 'string', default: '' },
        arch: { type: 'string', multiple: true, default: [] },
        weights: { type: 'string' },
        timeout: { type: 'string', default: '900' },
        site: { type: 'string', default: here('../site') },
        output: { type: 'string', short: 'o', default: '-' },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
  if (!browserNames.includes(values.browser as BrowserName)) {
    throw new UsageError(`--browser '${values.browser}' is unknown: choose from ${browserNames.join(', ')}`);
  }
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) throw new UsageError(`--timeout '${values.timeout}' is no number of seconds`);
  return { ...values, browser: values.browser as BrowserName, timeoutSeconds };
}

/** A line on the terminal that is written over; silent when standard error is no terminal. */
const progress = {
  show(text: string) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  },
  clear() {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  },
};

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

  const browser = await launch(options.browser, options.executable);
  try {
    const server = await serve(site);
    try {
      const baseline = await runBenchPage(browser, server.url, {
        ...options,
        archs: options.arch,
        weights: options.weights,
        machine: machine(),
        onProgress: (status) => progress.show(status),
      });
      await writeWhole(options.output, baseline);
    } finally {
      server.close();
    }
  } finally {
    progress.clear();
    await browser.close().catch(() => browser.process()?.kill('SIGKILL'));
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`trilane runner: ${firstLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
