#!/usr/bin/env bash
# build_stamp.sh CXX: the build's stamp holds the commit of the source tree itself, or none, and the compiler's flags as they are.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"
compiler=$1

# Prints the stamp of a source tree: "COMMIT DIRTY". What the build says goes to $scratch/said.
stamp() { # stamp SOURCE [NAME=VALUE]...
  local source=$1
  shift
  rm -f "$scratch/stamp.hpp"
  env "$@" cmake "-DSOURCE=$source" "-DOUTPUT=$scratch/stamp.hpp" -DCOMPILER=00 -DFLAGS= -P "$root/bench/build_info.cmake" \
    >"$scratch/said" 2>&1 || fail "the stamp of $source: $(cat "$scratch/said")"
  sed -nE 's/.* commit = "(.*)";/\1/p; s/.* dirty = (.*);/\1/p' "$scratch/stamp.hpp" | paste -sd ' '
}
expect() { # expect WHAT STAMP SOURCE [NAME=VALUE]...
  local what=$1 wanted=$2 got
  shift 2
  got=$(stamp "$@")
  [ "$got" = "$wanted" ] || fail "$what: the stamp is '$got', not '$wanted'"
}
silent() { [ ! -s "$scratch/said" ] || fail "$1: the build says: $(cat "$scratch/said")"; }

own="$scratch/own; it's \$x"
git init -q "$own"
echo own >"$own/file"
git -C "$own" add file
git_as_test -C "$own" commit -qm 'The tree'
commit=$(git -C "$own" rev-parse --short=12 HEAD)
expect 'a clone' "$commit false" "$own"
silent 'a clone'

other=$scratch/other
git init -q "$other"
git_as_test -C "$other" commit -q --allow-empty -m 'Another repository'
index=$(cksum <"$own/.git/index")
for variable in GIT_DIR=$other/.git GIT_WORK_TREE=$other GIT_INDEX_FILE=$other/index GIT_OBJECT_DIRECTORY=$other/.git/objects \
  GIT_COMMON_DIR=$other/.git GIT_PREFIX=a/ GIT_NAMESPACE=other; do
  expect "a clone beside $variable" "$commit false" "$own" "$variable"
  silent "a clone beside $variable"
done
touch -d '2001-01-01' "$own/file" # Git would like to write that into its index
expect 'a touched file' "$commit false" "$own"
[ "$(cksum <"$own/.git/index")" = "$index" ] || fail 'the stamp wrote the index'
echo more >>"$own/file"
expect 'a changed file' "$commit true" "$own"

# A source tree in somebody's repository is not of its commit: an unpacked archive, what FetchContent downloaded.
mkdir -p "$other/vendor/trilane"
expect 'a part of another repository' 'unknown false' "$other/vendor/trilane"
silent 'a part of another repository'
mkdir "$other/vendor/trilane/.git"
expect 'a .git that is none' 'unknown false' "$other/vendor/trilane"

# Git's own words, where it refuses.
expect "another user's clone" 'unknown false' "$own" GIT_TEST_ASSUME_DIFFERENT_OWNER=1
grep -q 'Git says: fatal: detected dubious ownership in repository at' "$scratch/said" || fail "Git's words are lost: $(cat "$scratch/said")"
expect "another user's clone that is trusted" "$commit true" "$own" GIT_TEST_ASSUME_DIFFERENT_OWNER=1 \
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=$own"

# Flags that mean something to a shell, to CMake or in a C++ literal.
flags="-DA='\"x y\"' -DB='a;b' -DC='\\\\' -DD='@commit@ \${commit} %s ??/' -DE='\$HOME'"
build="$scratch/a build"
{ cmake -G Ninja -S "$root/tests/scripts/stamp" -B "$build" "-DTRILANE=$root" "-DCMAKE_CXX_COMPILER=$compiler" "-DCMAKE_CXX_FLAGS=$flags" &&
    cmake --build "$build"; } >"$scratch/said" 2>&1 || fail "a build with such flags: $(cat "$scratch/said")"
[ "$("$build/stamp" | cut -d '|' -f 4-)" = "$flags" ] || fail "the flags became: $("$build/stamp")"
