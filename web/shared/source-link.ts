import type { Plugin } from 'vite';

/** Where GitHub's actions build from; other builds do not know an address. */
export function repositoryOf({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository }: NodeJS.ProcessEnv): string | null {
  return server && repository ? `${server}/${repository}` : null;
}

/** Puts a link to the repository where the pages say `<!-- source -->`, if its address is known. */
export function sourceLink(address = repositoryOf(process.env)): Plugin {
  const link = address === null ? '' : `<a href="${encodeURI(address)}">Source</a>`;
  return {
    name: 'trilane-source-link',
    transformIndexHtml: (html) => html.replace('<!-- source -->', link),
  };
}
