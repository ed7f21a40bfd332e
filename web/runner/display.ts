import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { type Group, startGroup } from './processes.ts';

/** A display that nobody sees; `environment` leads programs to it. */
export interface Display {
  environment: Record<string, string>;
  end(): void;
}

async function numberFrom({ child }: Group): Promise<string> {
  const numbers = child.stdio[3] as Readable;
  const [text] = (await Promise.race([once(numbers, 'data'), once(child, 'exit').then(() => [''])])) as [Buffer | string];
  const number = String(text).trim();
  if (!number) throw new Error('Xvfb ended at once');
  return number;
}

/** Starts Xvfb on a number that is free. */
export async function startDisplay(program: string): Promise<Display> {
  // Xvfb itself looks for the number and writes it to file 3.
  const parameters = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
  const group = await startGroup(program, parameters, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  try {
    return { environment: { DISPLAY: `:${await numberFrom(group)}`, GDK_BACKEND: 'x11' }, end: () => group.end() };
  } catch (error) {
    group.end();
    throw error;
  }
}
