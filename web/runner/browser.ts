import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';

export const browserNames = ['chromium', 'firefox'] as const;
export type BrowserName = (typeof browserNames)[number];

const programs: Record<BrowserName, string[]> = {
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

export function findProgram(name: BrowserName): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const paths = programs[name].flatMap((program) => folders.map((folder) => join(folder, program)));
  const found = paths.find(isProgram);
  if (!found) throw new Error(`found no ${name} on the PATH (${programs[name].join(', ')}): install it, or name one with --executable`);
  return found;
}

/** Starts a browser without a window, with a profile of its own that ends with it. */
export async function launch(name: BrowserName, executable: string | undefined): Promise<Browser> {
  if (executable !== undefined && !isProgram(executable)) throw new Error(`'${executable}' is no program that can be run`);
  const executablePath = executable ?? findProgram(name);
  try {
    if (name === 'firefox') return await puppeteer.launch({ browser: 'firefox', executablePath, headless: true });
    const isRoot = process.getuid?.() === 0;
    return await puppeteer.launch({
      executablePath,
      headless: true,
      args: [
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(isRoot ? ['--no-sandbox'] : []), // Chromium refuses to sandbox root
      ],
    });
  } catch (error) {
    throw new Error(`${name} did not start: ${firstLine(error)}`);
  }
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n')[0]!;
}
