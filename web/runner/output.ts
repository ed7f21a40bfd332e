import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** Whether `path` is there and no regular file: a pipe or a device, which is written through. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile();
}

/** A JSON text without line breaks: in JSON they are never part of a text. */
export const inOneLine = (json: string): string => json.replace(/\s*\n\s*/g, '');

/** Writes to the standard output. Not by its number: a pipe that is full would be an error. */
export function writeOut(content: string | Uint8Array): Promise<void> {
  const { stdout } = process;
  return new Promise<void>((resolve, reject) => {
    stdout.once('error', reject).write(content, (error) => {
      if (error) return reject(error); // the event comes after it
      stdout.off('error', reject);
      resolve();
    });
  });
}

/** Writes `content` to `path` whole or not at all; "-" is the standard output. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  if (path === '-') return writeOut(content);
  if (isSpecial(path)) {
    writeFileSync(path, content);
    return;
  }
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
