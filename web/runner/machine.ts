import { readdirSync, readFileSync } from 'node:fs';
import * as os from 'node:os';
import type { Machine } from '../bench/protocol.ts';

const cacheFolder = '/sys/devices/system/cpu/cpu0/cache';

function caches(): Machine['cpu']['caches'] {
  try {
    return readdirSync(cacheFolder)
      .filter((name) => name.startsWith('index'))
      .sort()
      .map((name) => {
        const read = (fact: string) => readFileSync(`${cacheFolder}/${name}/${fact}`, 'utf8').trim();
        return { level: Number(read('level')), type: read('type').toLowerCase(), size: parseInt(read('size')) * 1024 };
      });
  } catch {
    return []; // not Linux, or a container that hides it
  }
}

/** The first processor's "key : value" lines of /proc/cpuinfo; none where there is no such file. */
function cpuInfo(): Map<string, string> {
  try {
    const [first = ''] = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n');
    const facts = first.split('\n').map((line) => /^(.*?)\s*:\s*(.*)$/.exec(line));
    return new Map(facts.filter((fact) => fact?.[2]).map((fact) => [fact![1]!, fact![2]!]));
  } catch {
    return new Map();
  }
}

/** The processor's name, told as cpu_model() in native/machine.cpp tells it. */
function cpuModel(): string | null {
  const facts = cpuInfo();
  const part = facts.get('CPU part');
  if (part) return `ARM implementer ${facts.get('CPU implementer')} part ${part}`;
  const name = facts.get('model name') ?? os.cpus()[0]?.model.trim();
  if (!name || name === 'unknown') return null;
  const family = facts.get('cpu family');
  return family ? `${name} (family ${family} model ${facts.get('model')})` : name;
}

/** What a page cannot see of the machine it runs on. */
export function machine(): Omit<Machine, 'engine_version'> {
  // Without what distributions append: "6.1.0-21-amd64" is 6.1.0.
  const release = /^[\d.]*/.exec(os.release())![0];
  return {
    os: `${os.type()} ${release}`,
    cpu: { model: cpuModel(), logical_cores: os.cpus().length, caches: caches() },
  };
}
