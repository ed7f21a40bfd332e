import type { MainModule } from '../../build/wasm/web/trilane-kernels.d.mts';
import { TrilaneError } from './errors.ts';
import { makeRegistry } from './registry.ts';

interface Deletable {
  delete(): void;
}

/** Frees what its owner forgot to, once the owner is collected. */
const registry = makeRegistry<Deletable>((handle) => handle.delete());

/** The owner's hold on an object in WebAssembly memory. */
export class Handle<T extends Deletable> {
  readonly #what: string;
  #object: T | null;
  #uses = 0;

  /** `what` names the owner in the error after free(). */
  constructor(owner: object, object: T, what: string) {
    this.#object = object;
    this.#what = what;
    registry?.register(owner, object, this);
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
    registry?.unregister(this);
    this.#object = null;
    if (this.#uses === 0) object.delete();
  }
}

/** What a call of the module returned; throws the module's last error if that is null. */
export function checked<T>(module: MainModule, result: T | null): T {
  if (result === null) throw new TrilaneError(module.lastErrorCode(), module.lastErrorMessage());
  return result;
}
