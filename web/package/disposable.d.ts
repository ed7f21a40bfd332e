// What `using` needs, for compilers whose libraries lack it. It says the same as lib.esnext.disposable, which TypeScript has since 5.2.

interface SymbolConstructor {
  readonly dispose: unique symbol;
}

interface Disposable {
  [Symbol.dispose](): void;
}
