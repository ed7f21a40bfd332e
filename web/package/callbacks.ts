import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { checked } from './handles.ts';

/**
 * Runs the caller's functions while the module waits for them. What they throw must not cross the module: it would never give back the
 * part of its stack that it used. So the error is kept here, the module is told of a failure, and checked() throws the error.
 */
export class Callbacks {
  #thrown: { error: unknown } | null = null;

  /** What `call` returns; null if it throws. */
  run<Result>(call: () => Result): Result | null {
    try {
      return call();
    } catch (error) {
      this.#thrown = { error };
      return null;
    }
  }

  /** What a call of the module returned; throws the caller's error or the module's if that is null. */
  checked<Result>(module: MainModule, result: Result | null): Result {
    const thrown = this.#thrown;
    this.#thrown = null;
    if (result === null && thrown !== null) throw thrown.error;
    return checked(module, result);
  }
}
