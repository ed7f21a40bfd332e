import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { inRepo } from './support.ts';

/** Runs a program to its end, which must be good. Returns its standard output. */
export async function run(program: string, args: string[], cwd: string): Promise<string> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaints = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  const status = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${said}${complaints}`);
  return said;
}

/** Packs the package as it is built and installs it into a folder, as a user's project has it. */
export async function installPacked(folder: string): Promise<void> {
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], inRepo('web'));
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  writeFileSync(`${folder}/package.json`, '{ "private": true, "type": "module" }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], folder);
}
