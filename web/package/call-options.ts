/** Of a call to a worker. */
export interface CallOptions {
  /** Rejects the call with the signal's reason; what has not begun is never done. */
  signal?: AbortSignal | undefined;
}
