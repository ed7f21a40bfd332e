/// Builds the report's template: one HTML file with its style and script inside, and a policy that lets it run and load nothing else.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenseTexts } from '../shared/licenses-plugin.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const output = here('../../build/report/report.html');

const { outputFiles, metafile } = await build({
  entryPoints: [here('main.ts'), here('style.css')],
  outdir: here('../../build/report'),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none', // the licences stand in the page
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const textOf = (ending: string): string => {
  const { text } = outputFiles.find(({ path }) => path.endsWith(ending))!;
  // The parser ends both elements at their end tag, wherever it stands.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`the built ${ending} has a tag that would end its element`);
  return text;
};
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const script = textOf('.js');
const style = textOf('.css');
const policy = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  'img-src data:', // the icon
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const parts: Record<string, string> = {
  policy: `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
  style: `<style>${style}</style>`,
  licenses: escaped(licenseTexts(Object.keys(metafile.inputs).map((path) => resolve(path)), [])),
  script: `<script>${script}</script>`,
};
const page = readFileSync(here('index.html'), 'utf8').replace(/<!-- (\w+) -->/g, (comment, name: string) => parts[name] ?? comment);

mkdirSync(here('../../build/report'), { recursive: true });
writeFileSync(output, page);
console.log(`build/report/report.html  ${(page.length / 1000).toFixed(0)} kB`);
