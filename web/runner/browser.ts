import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { firstLine } from './errors.ts';
import { PuppeteerBrowser } from './puppeteer.ts';
import type { RunningBrowser } from './session.ts';
import type { WebKitPrograms } from './webkit.ts';

export const browserNames = ['chromium', 'firefox', 'webkit'] as const;
export type BrowserName = (typeof browserNames)[number];
type PuppeteerName = Exclude<BrowserName, 'webkit'>;

/**
 * Chromium's engine without the program around it: it starts in a fifth of the time and has nothing else to do beside the page, which
 * leaves the samples alone.
 */
const headlessShells = ['chromium-headless-shell', 'chrome-headless-shell'];

export interface LaunchOptions {
  /** To measure, not to see what people see: Chromium's headless shell, where there is one. */
  measuring?: boolean;
  /** Chromium's arguments beside the usual ones. */
  args?: string[];
  /** Firefox's preferences. */
  prefs?: Record<string, boolean | number | string>;
  /** Environment variables beside those of this program. */
  env?: Record<string, string>;
}

const programs: Record<PuppeteerName, string[]> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  firefox: ['firefox', 'firefox-esr'],
};

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function onPath(names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function subfolders(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** WebKitGTK's own small browser, which distributions keep beside its library. */
function findMiniBrowser(): string | undefined {
  return ['/usr/lib', '/usr/lib64', '/usr/libexec', ...subfolders('/usr/lib', /-linux-gnu/)]
    .flatMap((folder) => subfolders(folder, /^webkit2?gtk-/))
    .map((folder) => join(folder, 'MiniBrowser'))
    .find(isProgram);
}

function findWebKit(executable: string | undefined): WebKitPrograms {
  const browser = executable ?? findMiniBrowser();
  const driver = onPath(['WebKitWebDriver']);
  const displayServer = process.env['DISPLAY'] ? null : onPath(['Xvfb']);
  if (browser && driver && displayServer !== undefined) return { browser, driver, displayServer };
  const missing = [browser ? [] : 'MiniBrowser', driver ? [] : 'WebKitWebDriver', displayServer === undefined ? 'Xvfb' : []];
  throw new Error(`found no webkit (no ${missing.flat().join(', no ')}): install webkit2gtk-driver and xvfb`);
}

export function findProgram(name: BrowserName): string {
  if (name === 'webkit') return findWebKit(undefined).browser;
  const found = onPath(programs[name]);
  if (!found) throw new Error(`found no ${name} on the PATH (${programs[name].join(', ')}): install it, or name one with --executable`);
  return found;
}

/** Why `name` cannot be started here; null if it can. */
export function whyMissing(name: BrowserName): string | null {
  try {
    findProgram(name);
    return null;
  } catch (error) {
    return firstLine(error);
  }
}

/** Starts Chromium or Firefox without a window, with a profile of its own that ends with it. */
export async function launch(
  name: PuppeteerName,
  executable: string | undefined,
  { measuring = false, args = [], prefs = {}, env = {} }: LaunchOptions = {},
): Promise<Browser> {
  const { default: puppeteer } = await import('puppeteer-core'); // half a second, which only a start has to wait for
  const shell = measuring && name === 'chromium' ? onPath(headlessShells) : undefined;
  const executablePath = executable ?? shell ?? findProgram(name);
  const common = {
    executablePath,
    headless: /headless.shell$/.test(executablePath) ? ('shell' as const) : true,
    env: { ...process.env, ...env },
    // Who starts a browser ends it, in order.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  };
  if (name === 'firefox') return puppeteer.launch({ ...common, browser: 'firefox', extraPrefsFirefox: prefs });
  const isRoot = process.getuid?.() === 0;
  return puppeteer.launch({
    ...common,
    args: [
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(isRoot ? ['--no-sandbox'] : []), // Chromium refuses to sandbox root
      ...args,
    ],
  });
}

/** Starts any of the browsers without a window. */
export async function startBrowser(
  name: BrowserName,
  executable: string | undefined,
  options: LaunchOptions = {},
): Promise<RunningBrowser> {
  if (executable !== undefined && !isProgram(executable)) throw new Error(`'${executable}' is no program that can be run`);
  const parts = name === 'webkit' ? findWebKit(executable) : null;
  try {
    if (parts) return await (await import('./webkit.ts')).WebKit.start(parts, options.env);
    return new PuppeteerBrowser(await launch(name as PuppeteerName, executable, options));
  } catch (error) {
    throw new Error(`${name} did not start: ${firstLine(error)}`);
  }
}
