#!/usr/bin/env bash
# A hook's GIT_DIR, GIT_INDEX_FILE and the like do not reach the scripts: they work on the clone that they lie in, and never write
# the caller's index.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"
make_clone
stub_programs
mkdir "$scratch/hooks"

# A commit in a linked work tree. Its hook measures; the commit has what was added to it, and nothing else.
git -C "$clone" worktree add -q -b feature "$scratch/linked"
cd "$scratch/linked"
cat >"$scratch/hooks/pre-commit" <<'END'
#!/bin/sh
cksum <"$GIT_INDEX_FILE" >index.before
scripts/ab HEAD~1 --target native >ab.log 2>&1
cksum <"$GIT_INDEX_FILE" >index.after
END
chmod +x "$scratch/hooks/pre-commit"
echo first >docs/first.md
git add docs/first.md
git_as_test commit -qm 'Adds docs/first.md'
echo second >docs/second.md
git add docs/second.md
git_as_test -c "core.hooksPath=$scratch/hooks" commit -qm 'Adds docs/second.md'
[ "$(git show --name-status --format= HEAD)" = $'A\tdocs/second.md' ] || fail "the commit is: $(git show --name-status --format= HEAD)"
grep -q 'the reports are in' ab.log || fail "ab in the hook: $(cat ab.log)"
cmp -s index.before index.after || fail 'ab wrote the index of the commit'
git diff --quiet HEAD || fail 'the work tree is not what was committed'

# Whatever the variables name, the base is of this clone, and the other repository stays as it is.
other=$scratch/other
git init -q "$other"
echo other >"$other/file"
git -C "$other" add file
git_as_test -C "$other" commit -qm 'Another repository'
state() { (cd "$other" && find . -type f -exec cksum {} + | sort); }
before=$(state)
printf '#!/bin/sh\ntouch "%s"\n' "$scratch/hook-ran" >"$scratch/hooks/post-checkout"
chmod +x "$scratch/hooks/post-checkout"
git -C "$clone" config core.hooksPath "$scratch/hooks"
cd "$clone"
index=$(cksum <.git/index)
env "GIT_DIR=$other/.git" "GIT_WORK_TREE=$other" "GIT_INDEX_FILE=$other/.git/index" "GIT_OBJECT_DIRECTORY=$other/.git/objects" \
  "GIT_COMMON_DIR=$other/.git" GIT_PREFIX=some/where/ GIT_NAMESPACE=other GIT_ATTR_SOURCE=HEAD GIT_EXTERNAL_DIFF=false \
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.bare GIT_CONFIG_VALUE_0=true \
  scripts/ab HEAD~1 --target native --keep-base >"$scratch/log" 2>&1 || fail "ab: $(cat "$scratch/log")"
[ "$(git -C build/ab/base rev-parse HEAD)" = "$(git rev-parse HEAD~1)" ] || fail 'the base is not of this clone'
[ "$(state)" = "$before" ] || fail 'the other repository changed'
[ "$(cksum <.git/index)" = "$index" ] || fail "the clone's index changed"
[ ! -e "$scratch/hook-ran" ] || fail 'a hook of the clone ran for the base'
if grep -E '^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|PREFIX|NAMESPACE|ATTR_SOURCE|EXTERNAL_DIFF)=|core\.bare' \
  <(grep -v '^GIT_CONFIG_[KV]' "$scratch/environment"); then
  fail 'that reached what ab started'
fi

# Not even the files' own place leads to a repository that they are only a part of.
mkdir "$other/vendor"
git archive --prefix=vendor/trilane/ HEAD | tar -x -C "$other"
status=0
said=$("$other/vendor/trilane/scripts/ab" HEAD --target native 2>&1) || status=$?
[ "$status" = 4 ] && [ "$said" = "ab: error: this folder is not a clone of its own, but a part of $other" ] ||
  fail "ab in a part of another repository: status $status, $said"

# The action trusts the checkout, in what it starts, and leaves the machine's settings alone.
mkdir "$scratch/home"
: >"$scratch/output"
env HOME="$scratch/home" XDG_CONFIG_HOME="$scratch/home" CI=true GIT_TEST_ASSUME_DIFFERENT_OWNER=1 GITHUB_OUTPUT="$scratch/output" \
  GITHUB_EVENT_NAME=pull_request GITHUB_REF=refs/pull/1/merge TRILANE_BASE=HEAD~1 TRILANE_TARGETS=native \
  .github/action/measure.sh >"$scratch/log" 2>&1 || fail "measure.sh: $(cat "$scratch/log")"
grep -qx status=0 "$scratch/output" || fail "measure.sh in another user's checkout: $(cat "$scratch/log")"
[ -z "$(ls -A "$scratch/home")" ] || fail "measure.sh wrote the user's settings"
