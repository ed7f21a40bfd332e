#!/usr/bin/env bash
# What Git says is what the user reads: no guess stands in its place.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"
make_clone
stub_programs
cd "$clone"

expect() { # expect WHAT WORDS [NAME=VALUE]... REVISION
  local what=$1 words=$2 status=0
  shift 2
  env "${@:1:$#-1}" scripts/ab "${*: -1}" --target native >"$scratch/log" 2>&1 || status=$?
  [ "$status" = 4 ] && [ "$(wc -l <"$scratch/log")" = 1 ] && grep -q "^ab: error: .*$words" "$scratch/log" ||
    fail "$what: status $status, $(cat "$scratch/log")"
}
expect "another user's clone" "detected dubious ownership in repository at '$clone' .*git config --global --add safe.directory $clone\$" \
  GIT_TEST_ASSUME_DIFFERENT_OWNER=1 HEAD
expect 'an unknown revision' "no merge base of 'nope' and HEAD: fatal: Not a valid object name nope\$" nope
git_as_test checkout -q --orphan unrelated
git_as_test commit -qm 'Unrelated'
expect 'an unrelated branch' "no merge base of 'HEAD@{1}' and HEAD: they share no history\$" 'HEAD@{1}'
git clone -q --depth 1 "file://$clone" "$scratch/shallow"
cd "$scratch/shallow"
git_as_test checkout -q --orphan elsewhere
git_as_test commit -qm 'Elsewhere'
expect 'a shallow clone' "no merge base of 'origin/HEAD' and HEAD: the clone is too shallow (git fetch --unshallow)\$" origin/HEAD

# A compiler that could fuzz, but fails: its words.
printf '#!/bin/sh\necho "no space left on device" >&2\nexit 1\n' >"$scratch/bin/clang++"
chmod +x "$scratch/bin/clang++"
real=$(PATH=${PATH#*:} command -v cmake)
if PATH=$scratch/bin CXX=clang++ "$real" -P "$root/cmake/sanitizer-toolchain.cmake" >"$scratch/log" 2>&1; then fail 'a compiler that fails is taken'; fi
grep -q 'no space left on device' "$scratch/log" || fail "sanitizer-toolchain.cmake: $(cat "$scratch/log")"
