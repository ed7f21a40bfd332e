import { constants } from 'node:os';

export class Interrupted extends Error {
  readonly status: number;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted (${signal}): no baseline is written`);
    this.status = 128 + constants.signals[signal];
  }
}

/** Rejects at the first signal that asks to end; a second one does not wait for the browser. */
export const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      const interruption = new Interrupted(signal);
      reject(interruption);
      process.once(signal, () => process.exit(interruption.status));
    });
  }
});
interrupted.catch(() => {});
