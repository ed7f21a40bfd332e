/** The bench module as bindings/bench.cpp registers it. */

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
  open(options: string, weights: Blob | null): Reply;
  calibrate(): Reply;
  run(index: number): Reply;
  baseline(environment: string): Reply;
}

export default function create(): Promise<BenchModule>;
