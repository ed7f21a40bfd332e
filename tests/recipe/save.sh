#!/usr/bin/env bash
# tests/recipe/save.sh BUILD: .github/action/save.sh in a clone whose measurement is a baseline of this repository, so that it
# takes no time. The branch is made, then extended; a remote that refuses is a notice; nothing is left in the clone.
set -euo pipefail
unset CDPATH
export LC_ALL=C.UTF-8 # words of git are looked for
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/environment.sh"

build=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
require_tmpdir || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
die() { printf 'save: %s\n' "$*"; exit 1; }
git_as_recipe() { git -c user.name=recipe -c user.email=recipe@localhost -c commit.gpgSign=false "$@"; }

git clone -q --bare "$root" "$scratch/origin"
git clone -q "$scratch/origin" "$scratch/clone"
cd "$scratch/clone"
cp "$root/.github/action/save.sh" .github/action/save.sh
cp "$root"/scripts/*.sh scripts/
mkdir build
ln -s "$build" build/native
cat >scripts/baseline <<'END'
#!/bin/sh
echo "$*" >>../asked
while [ "$1" != --out ]; do shift; done
cp baselines/intel-xeon-2-cores/native.json "$2/"
END
git add scripts .github
git_as_recipe commit -qm 'A measurement that takes no time'

# The project's own hooks are not for the store.
for hook in pre-commit post-checkout pre-push; do
  printf '#!/bin/sh\nexit 1\n' >".git/hooks/$hook"
  chmod +x ".git/hooks/$hook"
done

save() { .github/action/save.sh "$scratch/out" >"$scratch/log" 2>&1 || { cat "$scratch/log"; die "$1: it failed"; }; }
files() { git -C "$scratch/origin" ls-tree -r --name-only trilane-baselines; }
stored() { files | grep -c '/[0-9T-]*-[0-9a-f]*-native\.json$'; }

refuse() {
  printf '#!/bin/sh\necho no >&2\nexit 1\n' >"$scratch/origin/hooks/pre-receive"
  chmod +x "$scratch/origin/hooks/pre-receive"
}
mkdir "$scratch/out"
refuse
save 'a remote that refuses the first time'
grep -q '^::notice.*contents: write' "$scratch/log" || die 'a remote that refuses the first time: there is no notice'
rm "$scratch/origin/hooks/pre-receive"

save 'the first time'
[ "$(stored)" = 1 ] || die 'the first time: there is not one baseline in the branch'
files | grep -q '/SUMMARY.md$' || die 'there is no summary in the branch'
if files | grep -q '^src/'; then die 'the branch holds the sources as well'; fi

git_as_recipe commit -q --no-verify --allow-empty -m 'The next change'
save 'the second time'
[ "$(stored)" = 2 ] || die 'the second time: there are not two baselines in the branch'
[ -s "$scratch/out/history.md" ] || die 'there is no history'

save 'the same commit again'
[ "$(stored)" = 2 ] || die 'the same commit again: it did not take the place of its baseline'

for asked in 'native=none' 'firefox=firefox' 'native webkit=webkit' 'chromium firefox=all'; do
  TRILANE_TARGETS=${asked%=*} save "the targets $asked"
  tail -n 1 ../asked | grep -q -e "--browser ${asked#*=} " || die "the targets $asked: it asked for $(tail -n 1 ../asked)"
done

refuse
git_as_recipe commit -q --no-verify --allow-empty -m 'One more change'
save 'a remote that refuses'
grep -q '^::notice.*contents: write' "$scratch/log" || die 'a remote that refuses: there is no notice'

# What Git says of a remote that is not there is no matter of permissions.
git remote set-url origin "$scratch/nowhere"
save 'a remote that is not there'
grep -q "^::notice.*could not be fetched.*'$scratch/nowhere' does not appear to be a git repository" "$scratch/log" ||
  die "a remote that is not there: the notice lacks Git's words"
if grep -q 'contents: write' "$scratch/log"; then die 'a remote that is not there: the notice guesses'; fi

[ "$(git worktree list | wc -l)" = 1 ] || die 'a worktree is left'
[ "$(git branch | wc -l)" = 1 ] || die 'a branch is left'
