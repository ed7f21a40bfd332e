# Sourced by the tests of the scripts: a scratch folder, a clone, and programs that take no time in place of those that build.
set -euo pipefail
unset CDPATH
export LC_ALL=C.UTF-8 # words of git are looked for

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/scripts/git.sh"
forget_callers_repository
unset CMAKE_BUILD_PARALLEL_LEVEL CTEST_PARALLEL_LEVEL EMCC_CORES CI
export TRILANE_OWN_SESSION=1 # but in the test of sessions

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { printf "%s: %s\n" "$(basename "$0")" "$*" >&2; exit 1; }
git_as_test() { git -c user.name=test -c user.email=test@localhost -c commit.gpgSign=false -c core.hooksPath=/dev/null "$@"; }

# Makes $scratch/clone: a repository of two commits, with the scripts of this work tree and what else they look at. It is small, so
# that checking it out takes no time.
make_clone() {
  local file
  clone=$scratch/clone
  git init -q "$clone"
  mkdir "$clone/tests"
  cp -r "$root/scripts" "$root/.github" "$root/.gitignore" "$root/.gitattributes" "$clone/"
  cp -r "$root/tests/recipe" "$clone/tests/"
  for file in docs/ci.md web/package-lock.json web/runner/main.ts cmake/sanitizer-toolchain.cmake; do
    mkdir -p "$clone/$(dirname "$file")"
    cp "$root/$file" "$clone/$file"
  done
  printf '#!/bin/sh\n' >"$clone/scripts/setup" # this machine is set up
  git -C "$clone" add -A
  git_as_test -C "$clone" commit -qm 'The scripts of this work tree'
  git_as_test -C "$clone" commit -q --allow-empty -m 'The next commit'
}

# Puts a cmake, a ctest and an npm first on the PATH. They note their arguments and their environment in $scratch/calls and
# $scratch/environment; a build makes a trilane that is one of them. If $scratch/wait is there, they wait until it can be read.
stub_programs() {
  mkdir "$scratch/bin"
  cat >"$scratch/bin/cmake" <<END
#!/bin/sh
printf '%s\n' "\${0##*/} \$*" >>'$scratch/calls'
env >>'$scratch/environment'
[ ! -p '$scratch/wait' ] || read -r _ <'$scratch/wait'
for last; do :; done
case "\${0##*/} \$*" in
  *.json) : >"\$last" ;;
  *build:site) mkdir -p "\$2/site" ;;
  'cmake --build --preset '*) mkdir -p build/native && cp "\$0" build/native/trilane ;;
  'cmake --build '*) mkdir -p "\$2" && cp "\$0" "\$2/trilane" ;;
esac
END
  chmod +x "$scratch/bin/cmake"
  cp "$scratch/bin/cmake" "$scratch/bin/ctest"
  cp "$scratch/bin/cmake" "$scratch/bin/npm"
  : >"$scratch/calls"
  : >"$scratch/environment"
  PATH=$scratch/bin:$PATH
}
