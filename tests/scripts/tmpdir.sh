#!/usr/bin/env bash
# TMPDIR is where the scripts put temporary files, whatever its name; one that is not there is one line, before any work.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"
make_clone
stub_programs
cp "$root/scripts/setup" "$clone/scripts/setup"
cd "$clone"

for script in 'scripts/ab HEAD --target native' scripts/baseline scripts/demo scripts/peers scripts/setup scripts/test \
  tests/recipe/run.sh 'tests/recipe/save.sh build'; do
  mkdir -p build
  name=${script%% *}
  status=0
  TMPDIR=$scratch/none $script >"$scratch/log" 2>&1 || status=$?
  wanted=1
  [ "$name" != scripts/ab ] || wanted=4
  [ "$status" = "$wanted" ] || fail "$script: status $status, not $wanted: $(cat "$scratch/log")"
  [ "$(cat "$scratch/log")" = "${name##*/}: error: TMPDIR is '$scratch/none', which is not a folder that this user can write into" ] ||
    fail "$script says: $(cat "$scratch/log")"
  [ ! -e "$scratch/none" ] || fail "$script made the folder"
done
[ ! -s "$scratch/calls" ] || fail "work before that: $(cat "$scratch/calls")"

# The action says it in its own way: in the comment, with status 4.
: >"$scratch/output"
TMPDIR=$scratch/none GITHUB_OUTPUT=$scratch/output GITHUB_EVENT_NAME=pull_request GITHUB_REF=refs/pull/1/merge TRILANE_BASE=HEAD \
  .github/action/measure.sh >"$scratch/log" 2>&1 || fail "measure.sh: $(cat "$scratch/log")"
grep -qx status=4 "$scratch/output" && grep -q "TMPDIR is '$scratch/none'" build/trilane-reports/comment.md ||
  fail "measure.sh: $(cat "$scratch/log")"

# The search for a fuzzing compiler does not make it either.
PATH=${PATH#*:}
status=0
TMPDIR=$scratch/none cmake -P "$root/cmake/sanitizer-toolchain.cmake" >"$scratch/log" 2>&1 || status=$?
[ "$status" != 0 ] && grep -q "TMPDIR is '$scratch/none'" "$scratch/log" && [ ! -e "$scratch/none" ] ||
  fail "sanitizer-toolchain.cmake: $(cat "$scratch/log")"
PATH=$scratch/bin:$PATH

printf '#!/bin/sh\n' >scripts/setup
mkdir "$scratch/a folder; it's \$x"
for script in 'scripts/ab HEAD --target native' 'scripts/baseline --browser none' 'scripts/test native'; do
  TMPDIR="$scratch/a folder; it's \$x" $script >"$scratch/log" 2>&1 || fail "$script: $(cat "$scratch/log")"
done
[ -z "$(ls -A "$scratch/a folder; it's \$x")" ] || fail 'temporary files are left'
