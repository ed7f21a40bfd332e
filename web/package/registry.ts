/**
 * Calls `release` with what was registered once its owner is collected. null in runtimes that have no FinalizationRegistry, such as
 * Cloudflare Workers with a compatibility date before May 2025: there, only free() gives memory back.
 */
export function makeRegistry<T>(release: (held: T) => void): FinalizationRegistry<T> | null {
  return typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<T>(release) : null;
}
