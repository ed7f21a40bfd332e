import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 of a file, or of the names and contents of all files below a folder. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  if (!statSync(path).isDirectory()) {
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  }
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names) {
    const file = join(path, name);
    if (statSync(file).isFile()) hash.update(`${name} ${await digestOf(file)}\n`);
  }
  return hash.digest('hex');
}
