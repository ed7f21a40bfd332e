import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Of what no npm package brings: the package's WebAssembly modules, and the site's own. */
const committed = [here('../package/licenses/'), here('licenses/')];
const names = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'];

/** The texts of `committed` folders' licences and of those npm packages that the modules, files by their paths, are part of. */
export function licenseTexts(modules: string[], committed: string[]): string {
  const folders = new Set<string>();
  for (const id of modules) {
    const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0].replaceAll('\0', '');
    if (folder) folders.add(folder);
  }
  const texts = committed.flatMap((folder) =>
    readdirSync(folder).map((name) => [name.replace(/\.txt$/, ''), readFileSync(folder + name, 'utf8')]),
  );
  for (const folder of folders) {
    const file = names.map((name) => `${folder}/${name}`).find(existsSync);
    if (file === undefined) throw new Error(`${folder} has no licence to put beside what is bundled of it`);
    texts.push([folder.replace(/^.*\/node_modules\//, ''), readFileSync(file, 'utf8')]);
  }
  texts.sort(([a = ''], [b = '']) => a.localeCompare(b, 'en'));
  return texts.map(([name, text]) => `${name}\n\n${text}`).join(`\n${'-'.repeat(80)}\n\n`);
}

/** Puts licenses.txt into the site: of the npm packages that are bundled, of what the modules contain, and of the digits. */
export function licenses(): Plugin {
  return {
    name: 'trilane-licenses',
    apply: 'build',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: licenseTexts(modules, committed) });
    },
  };
}
