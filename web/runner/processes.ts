import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ends every process of a group at once. */
export function killGroup(id: number): void {
  try {
    process.kill(-id, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

/** A program that runs, in a process group of its own with all that it starts. */
export interface Group {
  readonly child: ChildProcess;
  end(): void;
}

const running = new Set<Group>();

// Whatever ends this program, a signal that nobody handles excepted, ends what it started.
process.once('exit', () => running.forEach((group) => group.end()));

/** Starts a program; rejects when it cannot be run. */
export async function startGroup(program: string, parameters: string[], options: SpawnOptions): Promise<Group> {
  const child = spawn(program, parameters, { ...options, detached: true });
  await once(child, 'spawn'); // rejects on 'error'
  const group: Group = {
    child,
    end() {
      running.delete(group);
      killGroup(child.pid!);
    },
  };
  running.add(group);
  return group;
}
