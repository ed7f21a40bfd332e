/**
 * What a value is. Values may come from another realm (a frame, node:vm, the window of jsdom), where each built-in constructor is
 * another one: `instanceof` would refuse them.
 */
import { TrilaneError } from './errors.ts';

const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const typedArrayNameOf = Object.getOwnPropertyDescriptor(typedArrays, Symbol.toStringTag)!.get!;
const keysOf = typedArrays.keys;

/** `Float32Array` and the like; undefined for what is not a typed array. */
export function typedArrayName(value: unknown): string | undefined {
  return typedArrayNameOf.call(value) as string | undefined;
}

/** `Blob`, `RegExp`, `Array`, … */
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export const isShared = (value: unknown): value is SharedArrayBuffer => tagOf(value) === 'SharedArrayBuffer';

export const isBuffer = (value: unknown): value is ArrayBufferLike => tagOf(value) === 'ArrayBuffer' || isShared(value);

export const isCompiledModule = (value: unknown): value is WebAssembly.Module => tagOf(value) === 'WebAssembly.Module';

const isBlob = (value: unknown): value is Blob => ['Blob', 'File'].includes(tagOf(value));

/** The message of an error, or of whatever was thrown in its place. */
export function messageOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message : shown(thrown);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? (value.constructor?.name ?? 'object') : typeof value;
}

/** Any value as text. String() throws for an object without a prototype. */
function shown(value: unknown): string {
  try {
    return String(value);
  } catch {
    return kindOf(value);
  }
}

function refused(what: string, is: string, needed: string): TrilaneError {
  return new TrilaneError('invalid_argument', `${what} is ${is}; ${needed} is needed`);
}

/** Bytes of the largest array in WebAssembly memory, where the differences of pointers have 32 bits. */
const maxBytes = 2 ** 31 - 1;

/** Throws `overflow` for what is too large for one array in WebAssembly memory. */
export function requireFits(bytes: number, what: string, advice = 'take fewer rows at a time, or the command line `trilane`'): void {
  if (bytes <= maxBytes) return;
  throw new TrilaneError('overflow', `${what} has ${(bytes / 1e9).toFixed(1)} GB, and WebAssembly takes 2 GB at most at once: ${advice}`);
}

/** Throws unless `value` is what Embind would otherwise complain of in its own words, or misread. */
export function requireArray(value: unknown, type: 'Float32Array' | 'Uint8Array', what: string): void {
  const is = typedArrayName(value);
  if (is !== type) {
    const kind = is ?? kindOf(value);
    throw refused(what, kind === type ? `an imitation or a proxy of a ${type}` : kind, `a ${type}`);
  }
  try {
    keysOf.call(value as Uint8Array); // throws if the array's memory is gone, and does nothing else
  } catch {
    throw refused(what, 'an array without memory (its buffer was transferred or made smaller)', `a ${type}`);
  }
  requireFits((value as ArrayBufferView).byteLength, what);
}

export function requireCount(value: unknown, what: string): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw refused(what, shown(value), 'a whole number above 0');
}

/** Throws unless both are counts and a matrix of this shape fits, its rows padded to whole blocks. */
export function requireShape(rows: unknown, columns: unknown): void {
  requireCount(rows, 'rows');
  requireCount(columns, 'columns');
  requireFits(4 * (rows as number) * ((columns as number) + 128), `a matrix of ${String(rows)} rows and ${String(columns)} columns, padded to whole blocks,`);
}

/** A time in ms, above 0. setTimeout() takes more than 24 days as none at all. */
export function requireDuration(value: unknown, what: string): void {
  if (typeof value === 'number' && value > 0 && (value < 2 ** 31 || value === Infinity)) return;
  throw refused(what, shown(value), 'a number of milliseconds, below 2^31 or Infinity,');
}

export function requireName(value: unknown, what: string): void {
  if (typeof value !== 'string') throw refused(what, shown(value), 'a string');
}

export function requireObject(value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null) throw refused(what, shown(value), 'an object');
}

export function requirePattern(value: unknown, what: string): void {
  if (value !== undefined && tagOf(value) !== 'RegExp') throw refused(what, kindOf(value), 'a RegExp');
}

export function requireBlob(value: unknown, what: string): void {
  if (!isBlob(value)) throw refused(what, kindOf(value), 'a Blob or a File');
}

/** An AbortSignal may be an imitation of one. */
export function requireSignal(value: unknown): void {
  const signal = value as Partial<AbortSignal> | null | undefined;
  if (signal === undefined || typeof signal?.addEventListener === 'function') return;
  throw refused('signal', kindOf(value), 'an AbortSignal');
}

/** Half a surrogate pair has no UTF-8, which a file is written in. */
export function requireText(text: string): void {
  if (!/\p{Surrogate}/u.test(text)) return;
  throw new TrilaneError('invalid_argument', `${JSON.stringify(text)} is no text: half of a character is missing`);
}

export function requireMetadata(metadata: unknown): void {
  if (metadata === null || typeof metadata !== 'object' || Array.isArray(metadata)) {
    throw new TrilaneError('invalid_argument', 'the metadata is no object of strings');
  }
  for (const [key, value] of Object.entries(metadata)) {
    requireName(value, `metadata '${key}'`);
    requireText(key);
    requireText(value);
  }
}
