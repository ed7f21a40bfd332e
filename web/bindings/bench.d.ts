/** The bench module as bench.cpp registers it; by hand, since --emit-tsd knows strings only as what it may be given. */

/** What every call returns: no C++ exception crosses the boundary. */
export interface Reply {
  /** trilane's ErrorCode by name, or "" when the call went well. */
  error: string;
  message: string;
  /** JSON. */
  value: string;
}

export type ReadSlice = (offset: number, length: number) => Uint8Array | null;

export interface BenchModule {
  /**
   * Opens a suite. The tensors of a safetensors file of `size` bytes become the cases if `readSlice` is given; it returns null
   * for what cannot be read. `name` names the file in messages.
   */
  open(options: string, name: string, size: number, readSlice: ReadSlice | null): Reply;
  calibrate(): Reply;
  run(index: number): Reply;
  /** `created`: when, UTC, ISO 8601. */
  baseline(environment: string, created: string): Reply;
}

export default function create(): Promise<BenchModule>;
