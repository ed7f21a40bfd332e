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
  return text.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Number.isInteger(first) && Number.isInteger(last) ? Array.from({ length: last - first + 1 }, (_, index) => first + index) : [];
  });
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
 * around. Where the system has no such thing (it takes Linux and taskset), they run where they please.
 */
export async function keepWorkersOnCore(group: number, index: number): Promise<void> {
  const cores = allowedCores();
  if (cores.length < 2) return;
  const core = String(cores[index % cores.length]);
  const keep = promisify(execFile);
  await Promise.all(workersOf(group).map((thread) => keep('taskset', ['-pc', core, thread]).catch(() => {}))); // no taskset
}
