#!/usr/bin/env bash
# save.sh FOLDER: measures the suite, leaves the baselines in FOLDER, and commits them to the branch $TRILANE_BRANCH, which it
# pushes to origin: a store as docs/store.md describes it, one folder a machine class. Then it shows what changed over time.
set -euo pipefail
unset CDPATH
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/environment.sh"

out=$1
branch=${TRILANE_BRANCH:-trilane-baselines}
say() { printf 'trilane: %s\n' "$*" >&2; }
trilane=$PWD/build/native/trilane
# The project's hooks are for its own commits, not for the store's.
git() { command git -c core.hooksPath=/dev/null -c core.autocrlf=false -c commit.gpgSign=false "$@"; }
# Where the store is worked on, not in the checkout itself.
store=build/trilane-store
trap 'git worktree remove --force "$store" >/dev/null 2>&1 || rm -rf "$store"' EXIT

browser=none
for target in ${TRILANE_TARGETS:-native chromium}; do
  if [ "$target" = native ]; then continue; fi
  if [ "$browser" = none ]; then browser=$target; else browser=all; fi
done
scripts/baseline --quick --browser "$browser" --out "$out"

# By name the store then has the order of the commits, whichever job ran first.
name=$(TZ=UTC git log -1 --date=format-local:%Y-%m-%dT%H%M%S --format='%cd-%h')
kept='' # why the store stays here
for _ in 1 2 3; do # another job may push in between
  git worktree remove --force "$store" >/dev/null 2>&1 || rm -rf "$store"
  kept=''
  if said=$(git fetch -q origin "+refs/heads/$branch:refs/remotes/origin/$branch" 2>&1); then
    git worktree add -q --force --detach "$store" "origin/$branch"
  else
    missing=0
    git ls-remote --exit-code origin "refs/heads/$branch" >/dev/null 2>&1 || missing=$?
    [ "$missing" = 2 ] || kept="the branch $branch could not be fetched ($(one_line <<<"$said"))" # 2 says that there is none
    git worktree add -q --force --detach "$store"
    git update-ref -d "refs/heads/$branch-new" # of a try before
    git -C "$store" checkout -q --orphan "$branch-new"
    git -C "$store" rm -rqf .
  fi
  for file in "$out"/*.json; do
    "$trilane" baseline save "$name-$(basename "$file" .json)" "$file" --store "$store" --force >&2
  done
  git -C "$store" add -A
  git -C "$store" -c user.name=trilane -c user.email=trilane@localhost commit -q --allow-empty -m "Baselines of $name"
  [ -z "$kept" ] || continue
  said=$(git -C "$store" push -q origin "HEAD:refs/heads/$branch" 2>&1) && break
  kept="they could not be pushed to $branch ($(one_line <<<"$said")); a token needs contents: write"
done
git update-ref -d "refs/heads/$branch-new"
[ -z "$kept" ] || echo "::notice title=trilane::the baselines are in the artifact only: ${kept//%/%25}"

"$trilane" history --store "$store" --format markdown >"$out/history.md"
cat "$out/history.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
