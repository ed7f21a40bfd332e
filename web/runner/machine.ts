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

/** What a page cannot see of the machine it runs on. */
export function machine(): Omit<Machine, 'engine_version'> {
  const cpus = os.cpus();
  // Without what distributions append: "6.1.0-21-amd64" is 6.1.0.
  const release = /^[\d.]*/.exec(os.release())![0];
  return {
    os: `${os.type()} ${release}`,
    cpu: { model: cpus[0]?.model.trim() || null, logical_cores: cpus.length, caches: caches() },
  };
}
