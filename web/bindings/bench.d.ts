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
  /** Does what comes before the first sample of run(index), if that is the next that runs. */
  prepare(index: number): Reply;
  run(index: number): Reply;
  /** `created`: when, UTC, ISO 8601. `moduleBytes`: of this module's file; 0 if it is not known. */
  baseline(environment: string, created: string, moduleBytes: number): Reply;
  /** One baseline of the texts of several: bench/merge.hpp. */
  merge(texts: string[]): Reply;
  /** `tiers`: [[case, arch, tier], …]. The baseline with them. */
  setTiers(text: string, tiers: string): Reply;
  /** The text of a baseline's file, as the harness itself would write it; an error that says what is wrong with it. */
  check(text: string, name: string): Reply;
  /** What `trilane compare --format json` prints, with `cross` as with --cross. The names stand in messages. */
  compare(aText: string, aName: string, bText: string, bName: string, cross: boolean): Reply;
}

export default function create(): Promise<BenchModule>;
