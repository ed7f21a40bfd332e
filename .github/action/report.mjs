// node report.mjs FOLDER: what scripts/ab left there as one comment in the pull request, a check run a target, and the
// job's summary.
//
// From the environment: GITHUB_TOKEN, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_STEP_SUMMARY, and
// TRILANE_COMMENT and TRILANE_CHECK_RUN, which are false if there is to be none.
//
// A token that may not write, as pull requests from forks have, is a notice: the verdict counts all the same.

import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const marker = '<!-- trilane -->';
const mostComment = 65_000; // characters; GitHub takes 65,536
const folder = process.argv[2];
const env = process.env;

function notice(text) {
  console.log(`::notice title=trilane::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`);
}

class Refused extends Error {}

async function api(method, path, body) {
  const answer = await fetch(`${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env.GITHUB_TOKEN}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer.json();
  const text = `${method} ${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`;
  throw answer.status === 401 || answer.status === 403 || answer.status === 404 ? new Refused(text) : new Error(text);
}

/** Does it, or says in a notice why the token was not enough, or in a warning what else went wrong. */
async function attempt(what, permission, action) {
  try {
    await action();
  } catch (error) {
    if (error instanceof Refused) notice(`no ${what}: the token lacks ${permission}, as in pull requests from forks (${error.message})`);
    else console.log(`::warning title=trilane::no ${what}: ${String(error.message).split('\n')[0]}`);
  }
}

/** Cut at a line's end, with what is open closed. */
function shortened(text, most) {
  if (text.length <= most) return text;
  const kept = text.slice(0, text.lastIndexOf('\n', most - 200) + 1);
  const open = kept.split('<details>').length - kept.split('</details>').length;
  return `${kept}${'\n</details>\n'.repeat(Math.max(0, open))}\nThe rest is in the job's artifact.\n`;
}

/** The comment at a length that GitHub takes. What there is too much of is cut from each target's section alike. */
function shortenedComment(text) {
  if (text.length <= mostComment) return text;
  const sections = text.split(/^(?=### )/m);
  const kept = new Map();
  let left = mostComment;
  // What short ones do not need is the long ones'.
  for (const section of [...sections].sort((a, b) => a.length - b.length)) {
    kept.set(section, shortened(section, Math.floor(left / (sections.length - kept.size))));
    left -= kept.get(section).length;
  }
  return sections.map((section) => kept.get(section)).join('');
}

async function comment(number, body) {
  for (let page = 1; ; page += 1) {
    const comments = await api('GET', `/issues/${number}/comments?per_page=100&page=${page}`);
    // Whoever quotes the marker further down is somebody else.
    const ours = comments.find((one) => one.user?.type === 'Bot' && one.body?.startsWith(marker));
    if (ours) return api('PATCH', `/issues/comments/${ours.id}`, { body });
    if (comments.length < 100) return api('POST', `/issues/${number}/comments`, { body });
  }
}

/** The check run of a target: what trilane wrote, or for a comparison that did not come about its complaint. */
function checkRun(target, sha) {
  const file = join(folder, `${target}-check-run.json`);
  const body = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {
        name: `trilane: ${target}`,
        status: 'completed',
        conclusion: 'failure',
        output: { title: 'No comparison', summary: readFileSync(join(folder, `${target}.md`), 'utf8').slice(0, 65_000) },
      };
  // One name whatever came of it: branch protection goes by it.
  return { ...body, name: `trilane: ${target}`, head_sha: sha };
}

const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'));
const commentFile = join(folder, 'comment.md');
if (!existsSync(commentFile)) {
  notice('there is nothing to report: it did not come to a comparison');
} else {
  const body = shortenedComment(readFileSync(commentFile, 'utf8'));
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, body);
  const pull = event.pull_request;
  if (pull && env.TRILANE_COMMENT !== 'false') {
    await attempt('comment', 'pull-requests: write', () => comment(pull.number, body));
  }
  const sha = pull?.head.sha ?? env.GITHUB_SHA; // the merge that was checked out is no commit of the pull request
  if (env.TRILANE_CHECK_RUN !== 'false') {
    for (const file of readdirSync(folder).sort()) {
      const target = file.endsWith('.md') && file !== 'comment.md' ? file.slice(0, -'.md'.length) : '';
      if (target) await attempt(`check run for ${target}`, 'checks: write', () => api('POST', '/check-runs', checkRun(target, sha)));
    }
  }
}
