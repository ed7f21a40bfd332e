/** The bench module as bench.cpp registers it; by hand, since --emit-tsd knows strings only as what it may be given. */

/** What every call returns: no C++ exception crosses the boundary. */
export interface Reply {
  /** trilane's ErrorCode by name, or "" when the call went well. */
  error: string;
  message: string;
  /** JSON. */
  value: string;
}

export interface BenchModule {
  /** Opens a suite; `weights` are the bytes of a safetensors file, whose tensors become the cases. */
  open(options: string, weights: Uint8Array | null): Reply;
  calibrate(): Reply;
  run(index: number): Reply;
  /** `created`: when, UTC, ISO 8601. */
  baseline(environment: string, created: string): Reply;
}

export default function create(): Promise<BenchModule>;
