#!/usr/bin/env bash
# The recipe of docs/ci.md from end to end, in a clone of this one's HEAD. See usage() below.
set -euo pipefail
unset CDPATH
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/environment.sh"

usage() {
  cat <<'END'
usage: tests/recipe/run.sh [--percent P] [--target native|chromium|firefox|webkit|all]... [--budget SECONDS] [--tries N]

Clones HEAD, makes three changes in the clone, and runs scripts/ab for each as a pull request does, by
.github/action/measure.sh:

  an honest change               must pass: status 0
  the I2_S product P % slower    must be caught: status 1, by the faults of cmake/TestFault.cmake
  the I2_S product wrong         must be refused: status 3

  --percent P     default 30, which a busy machine hides less easily than the 5 that is aimed at
  --target NAME   default: native; each target is tried alone; all: native and the browsers that are installed
  --budget S      seconds of measuring a try (default 30)
  --tries N       so often is a try repeated whose verdict was inconclusive (default 3): a verdict that is wrong is not

Exit status: 0 all went as it must · 1 something did not, and a line says what · 2 wrong usage

Example:
  tests/recipe/run.sh --percent 5 --target native --target chromium
END
}

percent=30 budget=30 tries=3 targets=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --percent | --target | --budget | --tries) [ -n "${2:-}" ] || { usage >&2; exit 2; } ;;
    *) usage >&2; exit 2 ;;
  esac
  case $1 in
    --percent) percent=$2 ;;
    --target) targets+=("$2") ;;
    --budget) budget=$2 ;;
    --tries) tries=$2 ;;
  esac
  shift 2
done
[ ${#targets[@]} -gt 0 ] || targets=(native)
if [ "${targets[0]}" = all ]; then
  targets=(native)
  ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null || targets+=(chromium)
  ! { command -v firefox || command -v firefox-esr; } >/dev/null || targets+=(firefox)
  ! command -v WebKitWebDriver >/dev/null || targets+=(webkit)
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
require_tmpdir || exit 1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
say() { printf 'recipe: %s\n' "$*"; }
die() { say "error: $*"; exit 1; }

clone=$scratch/clone
git clone -q "$root" "$clone"
[ ! -e "$root/web/node_modules" ] || ln -s "$root/web/node_modules" "$clone/web/node_modules"
cd "$clone"
printf '\nAn honest change.\n' >>README.md
git -c user.name=recipe -c user.email=recipe@localhost -c commit.gpgSign=false commit -qam 'An honest change'
unset CCACHE_BASEDIR # that of the build which runs this: ccache finds by paths within the clone what was compiled here

# As the action runs it. Prints the status that ends the job.
gate() { # gate TARGET
  : >"$scratch/output"
  env CI=false GITHUB_OUTPUT="$scratch/output" GITHUB_EVENT_NAME=pull_request GITHUB_REF=refs/pull/1/merge TRILANE_BASE=HEAD~1 \
    TRILANE_TARGETS="$1" TRILANE_ONLY='^gemv/i2_s/2560x2560$' TRILANE_BUDGET="$budget" TRILANE_KEEP_BASE=true \
    .github/action/measure.sh </dev/null >"$scratch/log" 2>&1 || die "measure.sh itself failed: $(tail -n 1 "$scratch/log")"
  sed -n 's/^status=//p' "$scratch/output"
}

# Puts a fault into the new side's next builds.
inject() { # inject TARGET FAULT
  local preset=wasm
  [ "$1" != native ] || preset=native
  cmake --preset "$preset" "-DTRILANE_TEST_FAULT=$2" >"$scratch/log" 2>&1 || die "cannot configure: $(tail -n 1 "$scratch/log")"
}

# Tries until the status is the wanted one. An inconclusive case is tried again: its status is 0. Any other status that is not
# the wanted one is wrong at once, and so is a pass.
expect() { # expect TARGET STATUS WHAT
  local got try
  for ((try = 1; try <= tries; try++)); do
    got=$(gate "$1") || { printf '%s\n' "$got"; exit 1; }
    if [ "$got" = "$2" ]; then
      say "$1: $3: status $got, as it must be"
      cat "build/trilane-reports/$1.txt" 2>/dev/null || tail -n 5 "build/trilane-reports/$1.md"
      return
    fi
    [ "$got" = 0 ] && grep -q 'verdict: inconclusive' "build/trilane-reports/$1.txt" || break
    say "$1: $3: inconclusive in try $try"
  done
  cat "$scratch/log"
  die "$1: $3: status $got, not $2"
}

for target in "${targets[@]}"; do
  expect "$target" 0 'an honest change'
  grep -qx -e '<!-- trilane -->' build/trilane-reports/comment.md || die 'the comment has no marker'
  inject "$target" "slow:$percent"
  expect "$target" 1 "the I2_S product $percent % slower"
  inject "$target" wrong
  expect "$target" 3 'the I2_S product wrong'
  grep -q 'computes something else' build/trilane-reports/comment.md || die 'the comment does not say what is wrong'
  inject "$target" ''
done
