/// Serves the built site to this machine, with the headers that it needs. scripts/demo starts it.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { firstLine } from './errors.ts';
import { serve } from './server.ts';

const usage = `usage: node web/runner/serve.ts [--port N] [--site DIR] [--help]

Serves a built site (npm run build) to this machine, cross-origin isolated, and prints its address; Ctrl-C ends it.

  --port N    default: one that is free
  --site DIR  the built site (default web/site)

Exit status: 0 ended by Ctrl-C · 1 it cannot serve: one line says why · 2 wrong usage
`;

class UsageError extends Error {}

function parse() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        site: { type: 'string', default: fileURLToPath(new URL('../site', import.meta.url)) },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(firstLine(error));
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) throw new UsageError(`--port '${values.port}' is no number up to 65535`);
  return { ...values, port };
}

async function main(): Promise<void> {
  const { help, port, site } = parse();
  if (help) return void process.stdout.write(usage);
  if (!existsSync(`${site}/index.html`)) throw new Error(`no built site in '${site}': run npm run build in web/ first`);
  const server = await serve(resolve(site), { port }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken: name another with --port`) : error;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => server.close());
  process.stdout.write(`${server.url}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`trilane server: ${firstLine(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
