import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { firstLine } from './errors.ts';

const schema = 'trilane.journal/1';

type Header = Record<string, unknown>;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const isHeader = (json: unknown): json is Header =>
  typeof json === 'object' && json !== null && 'schema' in json && String(json.schema).startsWith('trilane.journal/');

/** "filter was "a", is "b"; …": every field in which two headers differ. */
function differences(was: Header, is: Header): string {
  const shown = (header: Header, name: string) => JSON.stringify(header[name]) ?? 'not there';
  return [...new Set([...Object.keys(is), ...Object.keys(was)])]
    .filter((name) => shown(was, name) !== shown(is, name))
    .map((name) => `${name} was ${shown(was, name)}, is ${shown(is, name)}`)
    .join('; ');
}

/** The process and, where the system tells, when it started: numbers of processes come again. Empty if there is no such process. */
function identityOf(pid: number): string {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return '';
  }
  try {
    // Of what follows the name in parentheses, which may hold anything, the 20th field.
    const started = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[19];
    return `${pid} ${started}`;
  } catch {
    return String(pid);
  }
}

/**
 * Node has no file locks: a file beside the journal names the process that writes it. What a process that was killed left does not
 * count. Throws in one line if another process has it.
 */
function lock(path: string, file: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, identityOf(process.pid));
  try {
    linkSync(draft, file); // appears whole, or not if there is one
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = readFileSync(file, 'utf8');
    const pid = parseInt(owner, 10);
    if (owner === identityOf(pid)) throw new Error(`'${path}' is the journal of a run that has not ended: process ${pid} has '${file}'`);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * A file of JSON lines in which finished launches outlive a run that does not end well, as those of `trilane bench --journal`. The
 * first line, the header, says what the run is; every other line is one launch's baseline. A last line without its line break was
 * being written when the run ended: it is ignored, and overwritten by the next. Only one process has it at a time.
 */
export class Journal {
  readonly path: string;
  /** What it holds, the oldest first: one JSON text each, without line breaks. */
  readonly entries: string[] = [];
  readonly #file: number;
  readonly #lock: string;
  /** Where the next line goes. */
  #end = 0;

  /**
   * Opens or creates it. Throws in one line if it cannot be read or written, is no journal, has another header than this (and says
   * in what), another process has it, or it has a line that is not JSON.
   */
  constructor(path: string, header: Header) {
    this.path = path;
    this.#lock = `${path}.lock`;
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT);
    try {
      if (!fstatSync(this.#file).isFile()) throw new Error(`'${path}' is not a regular file: no journal`);
      lock(path, this.#lock);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    try {
      this.#read({ schema, ...header });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Adds a launch's baseline and makes it durable. Throws if that fails; then the file holds what it held before. */
  append(line: string): void {
    this.#write(line);
    this.entries.push(line);
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#lock, { force: true });
  }

  #read(wanted: Header): void {
    const bytes = readFileSync(this.#file);
    this.#end = bytes.lastIndexOf('\n') + 1; // 0 if there is no whole line
    const [first, ...entries] = bytes.toString('utf8', 0, this.#end).split('\n').slice(0, -1);
    const header = JSON.stringify(wanted);
    if (first === undefined) {
      if (!header.startsWith(bytes.toString())) throw new Error(`'${this.path}' is no journal of trilane`);
      return this.#write(header);
    }
    const begun = parse(first);
    if (!isHeader(begun)) throw new Error(`'${this.path}' is no journal of trilane`);
    const what = differences(begun, parse(header) as Header);
    if (what) throw new Error(`'${this.path}' is the journal of another run: ${what}`);
    for (const [index, entry] of entries.entries()) {
      if (parse(entry) === undefined) {
        throw new Error(`'${this.path}': line ${index + 2} is not JSON: take it out, or begin another journal`);
      }
    }
    this.entries.push(...entries);
  }

  #write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    try {
      ftruncateSync(this.#file, this.#end);
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done);
      fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#end);
      throw new Error(`cannot write '${this.path}': ${firstLine(error)}`);
    }
    this.#end += bytes.length;
  }
}
