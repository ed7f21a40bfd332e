/// Keeps a page's worker on one core. Cores of one machine are not equally fast: some have a busy neighbour.

import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';

/** What Chromium, Firefox and WebKit call the thread of a worker, as far as Linux keeps a thread's name. */
const workerNames = ['DedicatedWorker', 'DOM Worker', 'WebCore: Worker'];

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** "0-1,4" as [0, 1, 4]. */
export function parseCores(text: string): number[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
  );
}

/** The cores that this process may run on; none where the system does not tell. */
function allowedCores(): number[] {
  return parseCores(/^Cpus_allowed_list:\s*(\S+)/m.exec(read('/proc/self/status'))?.[1] ?? '');
}

/** The threads of workers in the processes of a group. */
function workersOf(group: number): string[] {
  // After the name in parentheses, which may hold anything: state, parent, group.
  const inGroup = (process: string) => Number(/.*\) \S+ \d+ (\d+)/s.exec(read(`/proc/${process}/stat`))?.[1]) === group;
  return list('/proc')
    .filter((name) => /^\d+$/.test(name) && inGroup(name))
    .flatMap((process) => list(`/proc/${process}/task`).filter((thread) => workerNames.some((name) => read(`/proc/${process}/task/${thread}/comm`).startsWith(name))));
}

/**
 * Keeps the workers of all processes of a group on one of the cores that this process may run on, the one with this index, counted
 * around. Where the system has no such thing (it takes Linux and taskset), they run where they please. Returns the threads that it kept.
 */
export async function keepWorkersOnCore(group: number, index: number): Promise<string[]> {
  const cores = allowedCores();
  const core = String(cores[index % cores.length]);
  const keep = (thread: string) => promisify(execFile)('taskset', ['-pc', core, thread]).then(() => true, () => false); // no taskset
  const kept: string[] = [];
  for (const thread of cores.length < 2 ? [] : workersOf(group)) if (await keep(thread)) kept.push(thread);
  return kept;
}
