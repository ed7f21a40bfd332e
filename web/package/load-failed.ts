import { TrilaneError } from './errors.ts';
import { messageOf } from './values.ts';

/** `advice` says what to do about it, in whole sentences. */
export function loadFailed(cause: unknown, advice = '', what: 'WebAssembly module' | 'worker' = 'WebAssembly module'): TrilaneError {
  const reason = `The ${what} cannot be loaded: ${messageOf(cause)}`;
  return new TrilaneError('load_failed', advice ? `${reason.replace(/\.?$/, '.')} ${advice}` : reason, { cause });
}
