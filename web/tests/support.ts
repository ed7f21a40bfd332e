import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A path in the repository. */
export const inRepo = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Starts a program; `ended` says how it ended. */
export function start(program: string, args: string[], env = process.env): { pid: number; ended: Promise<Ended> } {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  return { pid: child.pid ?? 0, ended };
}

export const startRunner = (args: string[], env?: NodeJS.ProcessEnv) =>
  start(process.execPath, [inRepo('web/runner/main.ts'), ...args], env);

export const runner = (args: string[], env?: NodeJS.ProcessEnv): Promise<Ended> => startRunner(args, env).ended;

export const trilane = (args: string[]): Promise<Ended> => start(inRepo('build/native/trilane'), args).ended;

/** A folder that goes with the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'trilane-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with these files. */
export function makeSite(context: TestContext, files: Record<string, string>): string {
  const site = temporaryFolder(context);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(site, name)), { recursive: true });
    writeFileSync(join(site, name), text);
  }
  return site;
}

const markName = 'TRILANE_TEST_MARK';
let marks = 0;

/** An environment by which a program and all that it starts, directly or not, are found again: their process ids. Linux only. */
export function markedEnvironment(): { env: NodeJS.ProcessEnv; alive(): number[] } {
  const mark = `${process.pid}.${++marks}`;
  const isMarked = (process: string): boolean => {
    try {
      return readFileSync(`/proc/${process}/environ`, 'utf8').split('\0').includes(`${markName}=${mark}`);
    } catch {
      return false; // it ended, or is another user's
    }
  };
  return {
    env: { ...process.env, [markName]: mark },
    alive: () => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isMarked(name)).map(Number),
  };
}
