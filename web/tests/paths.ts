import { fileURLToPath } from 'node:url';

/** A path in the repository. */
export const inRepo = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
