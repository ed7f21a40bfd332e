/// The one way to run a program in a test, to wait for what it says, and to know that all its processes have ended.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { atEnd } from './ending.ts';
import './environment.ts';
import { inRepo } from './paths.ts';
import { until } from './waiting.ts';

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

const running = new Set<Program>();

// Whatever ends these tests ends what they started.
process.once('exit', () => {
  for (const program of running) {
    const pids = [program.pid, ...program.others()];
    pids.filter((pid) => pid !== 0).forEach((pid) => sendSignal(pid, 'SIGKILL'));
  }
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const markName = 'TRILANE_TEST_MARK';
let marks = 0;

/** The parent of a process; null if it has ended. */
function parentOf(pid: number): number | null {
  try {
    // After the name in parentheses, which may hold anything: state, parent.
    return Number(/.*\) \S+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1]);
  } catch {
    return null;
  }
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it has just ended
  }
}

/** A program that runs. All that it starts, directly or not, has its mark in the environment. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #mark = `${markName}=${process.pid}.${++marks}`;
  readonly #said = { stdout: '', stderr: '' };
  #unread = '';
  #isOver = false;

  constructor(program: string, args: string[], env = process.env) {
    const [name, value] = this.#mark.split('=') as [string, string];
    this.#name = `${program} ${args.join(' ')}`;
    this.#child = spawn(program, args, { stdio: 'pipe', env: { ...env, [name]: value } });
    const { stdin, stdout, stderr } = this.#child;
    stdin!.on('error', () => {}); // it may end before it has read everything
    stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#said.stdout += text;
      this.#unread += text;
    });
    stderr!.setEncoding('utf8').on('data', (text: string) => (this.#said.stderr += text));
    running.add(this);
    const over = () => {
      this.#isOver = true;
      running.delete(this);
    };
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (status) => {
        over();
        resolve({ status, ...this.#said });
      });
    });
    this.ended.catch(over); // whoever waits for it sees the error
  }

  /** 0 if it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for text on the standard output after what was waited for before. Throws if the program ends without it. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return until(`${pattern} from ${this.#name}`, () => {
      const isOver = this.#isOver; // before the look: nothing comes after it
      const found = pattern.exec(this.#unread);
      if (found) this.#unread = this.#unread.slice(found.index + found[0].length);
      else if (isOver) throw new Error(`${this.#name} ended without ${pattern}: ${this.#said.stdout}${this.#said.stderr}`);
      return found;
    });
  }

  /** What it said on the standard output after what was waited for. */
  get unread(): string {
    return this.#unread;
  }

  /** Writes a line to the standard input. */
  send(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  endInput(): void {
    this.#child.stdin!.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal); // does nothing where it never started or has ended
  }

  /** The processes that the program started and that run. Linux only. */
  others(): number[] {
    return this.#alive().filter((pid) => pid !== this.pid);
  }

  /** Kills what the program started itself, then the rest; returns when all of it has ended. */
  async killOthers(): Promise<void> {
    const kill = (pids: number[]) => pids.forEach((pid) => sendSignal(pid, 'SIGKILL'));
    kill(this.others().filter((pid) => parentOf(pid) === this.pid));
    await until(`the end of what ${this.#name} started`, () => {
      const others = this.others();
      kill(others);
      return others.length === 0;
    });
  }

  /** Waits until the program and all that it started have ended. */
  async allEnded(): Promise<void> {
    await this.ended;
    await until(`the end of what ${this.#name} started`, () => this.#alive().length === 0);
  }

  /** Ends the program and all that it started. */
  async end(): Promise<void> {
    this.signal('SIGKILL');
    await this.killOthers(); // first: they may hold its output open, and it has not ended before that is closed
    await this.ended.catch(() => {}); // it could not be started
  }

  #alive(): number[] {
    const isMarked = (pid: string): boolean => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(this.#mark);
      } catch {
        return false; // it has ended, or is another user's
      }
    };
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isMarked(name)).map(Number);
  }
}

/** Starts a program that ends by itself; `ended` says how. */
export function start(program: string, args: string[], env?: NodeJS.ProcessEnv): Program {
  const started = new Program(program, args, env);
  started.endInput();
  return started;
}

/** Starts a program that ends with the test at the latest, with all that it started. */
export function startFor(context: TestContext, program: string, args: string[], env?: NodeJS.ProcessEnv): Program {
  const started = new Program(program, args, env);
  atEnd(context, () => started.end());
  return started;
}

const runnerFile = inRepo('web/runner/main.ts');

export const startRunner = (context: TestContext, args: string[], env?: NodeJS.ProcessEnv): Program =>
  startFor(context, process.execPath, [runnerFile, ...args], env);

export const runner = (args: string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  start(process.execPath, [runnerFile, ...args], env).ended;

export const trilane = (args: string[]): Promise<Ended> => start(inRepo('build/native/trilane'), args).ended;
