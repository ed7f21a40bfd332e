/// The command: builds the page, has it measure in fresh pages of a headless browser, and reports.

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { browserNames, startBrowser } from '../runner/browser.ts';
import { firstLine } from '../runner/errors.ts';
import { Interrupted, interrupted } from '../runner/interruption.ts';
import { writeWhole } from '../runner/output.ts';
import { progress } from '../runner/progress.ts';
import { serve } from '../runner/server.ts';
import { buildModules, buildPage } from './build.ts';
import { type MeasureOptions, measure } from './measure.ts';
import type { Format, Shape } from './protocol.ts';
import { markdown } from './report.ts';
import { mostValues } from './statistics.ts';

const usage = `usage: scripts/peers [options]

Measures trilane's products beside those of onnxruntime-web, in one browser, in turn: float32, int8, and blockwise 4 and 2 bits.
Checks every result, finds onnxruntime-web's best settings first, and prints tables with 95 % intervals.

  --browser NAME      chromium (default), firefox or webkit
  --executable FILE   that browser's program, when it is not on the PATH
  --quick             fewer settings, pages and rounds: 2 minutes instead of 10
  --shape RxC         rows × columns; may be repeated (default 2560x2560, 6912x2560, 2560x6912)
  --format NAME       trilane's format: i2_s (default), tl1 or tl2
  --launches N        fresh pages, 2 to ${mostValues} (default 8, quick 4)
  --timeout SECONDS   give up a page after this long (default 900)
  --no-build          take trilane's WebAssembly modules as they are
  --json FILE         everything measured; - is the standard output, in place of the tables
  --markdown FILE     the tables
  -h, --help

Exit status: 0 all went well · 1 something failed: one line says what · 2 wrong usage · 130 interrupted

Examples:
  scripts/peers --quick
  scripts/peers --browser firefox --json out/peers-firefox.json --markdown out/peers-firefox.md
`;

const defaultShapes = ['2560x2560', '6912x2560', '2560x6912'];
const mostWeights = 2 ** 26; // 256 MiB as float32, of which onnxruntime-web holds copies
const formats: readonly Format[] = ['i2_s', 'tl1', 'tl2'];

class UsageError extends Error {}

function parseShape(text: string): Shape {
  const [rows, columns] = /^\d+x\d+$/.test(text) ? text.split('x').map(Number) : [];
  if (!rows || !columns) throw new UsageError(`--shape '${text}' is not like 2560x6912: rows and columns, both positive`);
  if (rows * columns > mostWeights) throw new UsageError(`--shape '${text}' has more than ${mostWeights} weights`);
  return { rows, columns };
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`${option} '${value}' is unknown: choose from ${choices.join(', ')}`);
  return found;
}

interface Options extends Omit<MeasureOptions, 'interrupted'> {
  skipBuild: boolean;
  json: string | undefined;
  markdown: string | undefined;
}

/** Null: help is wanted. */
function parse(): Options | null {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        browser: { type: 'string', default: 'chromium' },
        executable: { type: 'string' },
        quick: { type: 'boolean', default: false },
        shape: { type: 'string', multiple: true, default: defaultShapes },
        format: { type: 'string', default: 'i2_s' },
        launches: { type: 'string' },
        timeout: { type: 'string', default: '900' },
        'no-build': { type: 'boolean', default: false },
        json: { type: 'string' },
        markdown: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
  if (values.help) return null;
  const launches = values.launches === undefined ? (values.quick ? 4 : 8) : Number(values.launches);
  if (!Number.isInteger(launches) || launches < 2 || launches > mostValues) {
    throw new UsageError(`--launches '${values.launches}' is no number from 2 to ${mostValues}`);
  }
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) throw new UsageError(`--timeout '${values.timeout}' is no number of seconds`);
  return {
    browser: oneOf('--browser', values.browser, browserNames),
    executable: values.executable,
    quick: values.quick,
    shapes: values.shape.map(parseShape),
    format: oneOf('--format', values.format, formats),
    launches,
    timeoutSeconds,
    skipBuild: values['no-build'],
    json: values.json,
    markdown: values.markdown,
  };
}

async function main(): Promise<void> {
  const options = parse();
  if (!options) return void process.stdout.write(usage);
  for (const file of [options.json, options.markdown]) {
    // Better now than after ten minutes.
    if (file !== undefined && !existsSync(dirname(file))) throw new Error(`there is no folder '${dirname(file)}'`);
  }
  if (!options.skipBuild) await buildModules();
  const server = await serve(await buildPage());
  try {
    const browser = await startBrowser(options.browser, options.executable);
    try {
      const report = await measure(browser, server.url, { ...options, interrupted });
      progress.clear();
      if (options.markdown !== undefined) await writeWhole(options.markdown, markdown(report));
      if (options.json !== undefined) await writeWhole(options.json, `${JSON.stringify(report, null, 1)}\n`);
      if (options.json !== '-' && options.markdown !== '-') process.stdout.write(markdown(report));
    } finally {
      await browser.close();
    }
  } finally {
    progress.clear();
    server.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`trilane peers: ${firstLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : error instanceof Interrupted ? error.status : 1;
}
