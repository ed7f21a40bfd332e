#!/usr/bin/env bash
# tests/readme/run.sh BUILD: what the README shows is true.
#
# Runs its commands that start with build/native/trilane, in their order, in a scratch folder that looks like the clone. The
# others are known here by name, with what runs them; a command that nothing runs is an error.
set -euo pipefail

build=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/build" "$scratch/out"
ln -s "$build" "$scratch/build/native"
ln -s "$root/tests" "$root/baselines" "$scratch/"
cp "$root"/baselines/intel-xeon-2-cores/native.json "$scratch/out/native.json"
cp "$root"/baselines/intel-xeon-2-cores/chromium.json "$scratch/out/chromium.json"
cd "$scratch"

failed=0
complain() { printf 'README: %s\n' "$*"; failed=1; }

# The lines of blocks in a language: of the README, or of another file.
blocks() { awk -v language="$1" '/^```/ { inside = ($0 == "```" language); next } inside' "${2:-$root/README.md}"; }

commands=0
while IFS= read -r line; do
  case $line in
    '' | '#'*) ;;
    'build/native/trilane compare before.json after.json'*) # 1 is a verdict, and on a busy machine may be one
      printf '$ %s\n' "$line"
      bash -euo pipefail -c "$line" </dev/null || [ $? -eq 1 ] || complain "'$line' found nothing to judge"
      ;;
    'build/native/trilane report '*) ;; # tests/cli/report.cpp: it needs the template, which npm builds
    'LAUNCH='* | build/native/trilane*)
      printf '$ %s\n' "$line"
      bash -euo pipefail -c "$line" </dev/null || complain "'$line' ended with $?"
      ;;
    'scripts/test'* | 'scripts/baseline --quick '*) ;; # .ci/run
    'cmake --preset native && cmake --build --preset native'*) ;; # scripts/test
    'cmake --install build/native'*) ;; # tests/consumer
    'npm --prefix web run dev'*) ;; # web/tests/dev.test.ts
    'npm --prefix web run build:report'*) ;; # web/tests/report.test.ts
    'npm install trilane') ;; # web/tests/consumers.test.ts, from the packed tarball
    'scripts/demo'*) ;; # web/tests/runner-serve.test.ts
    'scripts/ab '*) ;; # tests/recipe/run.sh
    'scripts/peers'*) ;; # web/tests/peers.test.ts
    'git clone'* | 'scripts/setup'*) ;; # who runs this has done it
    *) complain "nothing runs the command '$line'" ;;
  esac
  commands=$((commands + 1))
done < <(blocks sh)
[ "$commands" -gt 5 ] || complain "only $commands commands found"

diff <(blocks text) <(build/native/trilane quantize tests/data/tiny.safetensors -o - --format tl2 2>&1 >/dev/null) ||
  complain 'quantize prints something else'
diff <(blocks cpp) "$root/tests/consumer/main.cpp" || complain 'its C++ is not tests/consumer/main.cpp'
diff <(blocks cmake) <(grep -E '^(find_package|target_link_libraries\(consumer )' "$root/tests/consumer/CMakeLists.txt") ||
  complain 'its CMake is not that of tests/consumer'
consumer=$root/web/tests/consumers/readme # web/tests/consumers.test.ts runs it
diff <(blocks js) "$consumer/main.js" || complain "its JavaScript is not web/tests/consumers/readme/main.js"
diff <(blocks js "$root/web/README.md") <(cat "$consumer/main.js" "$consumer/worker.js" "$consumer/cloudflare.js") ||
  complain "the JavaScript of web/README.md is not that of web/tests/consumers/readme"
exit "$failed"
