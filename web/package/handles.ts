import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { TrilaneError } from './errors.ts';

interface Deletable {
  delete(): void;
}

/** Frees what its owner forgot to, once the owner is collected. */
const registry = new FinalizationRegistry<Deletable>((handle) => handle.delete());

/** The owner's hold on an object in WebAssembly memory. */
export class Handle<T extends Deletable> {
  readonly #what: string;
  #object: T | null;
  #uses = 0;

  /** `what` names the owner in the error after free(). */
  constructor(owner: object, object: T, what: string) {
    this.#object = object;
    this.#what = what;
    registry.register(owner, object, this);
  }

  get(): T {
    if (this.#object === null) throw new TrilaneError('freed', `This ${this.#what} was freed.`);
    return this.#object;
  }

  /** For calls that call the user back, who may free the owner there: the object then goes when the call is over. */
  use<Result>(call: (object: T) => Result): Result {
    const object = this.get();
    ++this.#uses;
    try {
      return call(object);
    } finally {
      if (--this.#uses === 0 && this.#object === null) object.delete();
    }
  }

  free(): void {
    const object = this.#object;
    if (object === null) return;
    registry.unregister(this);
    this.#object = null;
    if (this.#uses === 0) object.delete();
  }
}

/** What a call of the module returned; throws the module's last error if that is null. */
export function checked<T>(module: MainModule, result: T | null): T {
  if (result === null) throw new TrilaneError(module.lastErrorCode(), module.lastErrorMessage());
  return result;
}

/** Throws unless `value` is what Embind would otherwise complain of in its own words, or misread. */
export function requireArray(value: unknown, type: typeof Float32Array | typeof Uint8Array, what: string): void {
  if (value instanceof type) return;
  const is = value === null ? 'null' : typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
  throw new TrilaneError('invalid_argument', `${what} is ${is}; a ${type.name} is needed`);
}

export function requireCount(value: unknown, what: string): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw new TrilaneError('invalid_argument', `${what} is ${String(value)}; a whole number above 0 is needed`);
}

export function requireName(value: unknown, what: string): void {
  if (typeof value !== 'string') throw new TrilaneError('invalid_argument', `${what} is ${String(value)}; a string is needed`);
}

export function requireObject(value: unknown, what: string): void {
  if (typeof value === 'object' && value !== null) return;
  throw new TrilaneError('invalid_argument', `${what} is ${String(value)}; an object is needed`);
}
