import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { progress } from '../runner/progress.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A command's last line that speaks of an error, or its last one at all. */
function complaint(output: string): string {
  const lines = output.trim().split('\n');
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)!;
}

async function cmake(what: string, ...parameters: string[]): Promise<void> {
  progress.show(what);
  try {
    await promisify(execFile)('cmake', parameters, { cwd: here('../..') });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${what} failed: ${complaint(stdout + stderr || message)}`);
  }
}

/** Brings trilane's WebAssembly modules up to date. */
export async function buildModules(): Promise<void> {
  const preset = process.env['CI'] ? 'ci-wasm' : 'wasm'; // as scripts/test does, so that neither rebuilds the other's work
  await cmake('configuring the WebAssembly modules', '--preset', preset);
  await cmake('building the WebAssembly modules', '--build', '--preset', 'wasm', '--target', 'trilane_web');
}

/** Builds the page; returns its folder. */
export async function buildPage(): Promise<string> {
  if (!existsSync(here('../../build/wasm/web/trilane-kernels.mjs'))) throw new Error('the preset wasm is not built: leave out --no-build');
  progress.show('building the page');
  const { build } = await import('vite'); // only now: usage and its errors shall not wait for it
  await build({ configFile: here('vite.config.ts'), logLevel: 'error' });
  return here('../../build/peers');
}
