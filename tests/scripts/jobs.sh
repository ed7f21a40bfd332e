#!/usr/bin/env bash
# How many jobs the scripts start at once: what the caller set, else what affinity and control groups leave.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"
. "$root/scripts/jobs.sh"

# Control groups, as files: version 2 nested, version 1 as a container sees it, whose own path is not there.
mkdir -p "$scratch/v2/a/b" "$scratch/v1/cpu"
echo '150000 100000' >"$scratch/v2/a/cpu.max"
echo 'max 100000' >"$scratch/v2/a/b/cpu.max"
echo 300000 >"$scratch/v1/cpu/cpu.cfs_quota_us"
echo 100000 >"$scratch/v1/cpu/cpu.cfs_period_us"
quotas() { printf "$2" >"$scratch/cgroup" && cpu_quotas "$scratch/cgroup" "$scratch/$1" | paste -sd ' '; }
expect() { [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"; }
expect 'version 2' "$(quotas v2 '0::/a/b\n')" 2
expect 'version 2 without a limit' "$(quotas v2 '0::/\n')" ''
expect 'version 1' "$(quotas v1 '2:cpuset:/\n1:cpu,cpuacct:/docker/abc\n')" 3
echo -1 >"$scratch/v1/cpu/cpu.cfs_quota_us"
expect 'version 1 without a limit' "$(quotas v1 '1:cpuacct,cpu:/\n0::/\n')" ''
expect 'no control groups' "$(cpu_quotas "$scratch/none" "$scratch")" ''

if command -v taskset >/dev/null; then
  one=$(taskset -cp $$ | sed -E 's/.*: ([0-9]+).*/\1/')
  expect 'an affinity of one CPU' "$(OMP_NUM_THREADS=7 taskset -c "$one" bash -c ". '$root/scripts/jobs.sh'; count_cpus")" 1
fi

# Each script hands it on, and asks for no other number.
make_clone
stub_programs
printf '#!/bin/sh\n' >"$scratch/bin/node"
chmod +x "$scratch/bin/node"
mkdir -p "$clone/web/node_modules/.bin"
cp "$scratch/bin/node" "$clone/web/node_modules/.bin/node"
cp "$scratch/bin/node" "$scratch/bin/nproc"
printf 'echo 5\n' >>"$scratch/bin/nproc" # as if this machine had so many
cd "$clone"
jobs_of() { # jobs_of COMMAND...: what its cmake, ctest and npm see
  : >"$scratch/calls"
  : >"$scratch/environment"
  "$@" >"$scratch/log" 2>&1 || fail "$*: $(cat "$scratch/log")"
  if grep -e '--parallel' -e ' -j' "$scratch/calls"; then fail "$*: it asks for a number of jobs itself"; fi
  grep -E '^(CMAKE_BUILD_PARALLEL_LEVEL|CTEST_PARALLEL_LEVEL|EMCC_CORES)=' "$scratch/environment" | sort -u | paste -sd ' '
}
quota=$(cpu_quotas /proc/self/cgroup /sys/fs/cgroup | sort -n | head -n 1)
all=5
[ -z "$quota" ] || [ "$quota" -ge 5 ] || all=$quota
action() {
  env GITHUB_OUTPUT="$scratch/output" GITHUB_EVENT_NAME=pull_request GITHUB_REF=refs/pull/1/merge TRILANE_BASE_COMMAND=true \
    TRILANE_NEW_COMMAND=true .github/action/measure.sh
}
for script in 'scripts/ab HEAD --target native --target chromium' 'scripts/baseline --browser none' 'scripts/demo' \
  'scripts/test native web' action; do
  expect "$script" "$(jobs_of $script)" "CMAKE_BUILD_PARALLEL_LEVEL=$all CTEST_PARALLEL_LEVEL=$all EMCC_CORES=$all"
done
expect "the caller's numbers" "$(CMAKE_BUILD_PARALLEL_LEVEL=3 CTEST_PARALLEL_LEVEL=2 EMCC_CORES=4 jobs_of scripts/test native)" \
  'CMAKE_BUILD_PARALLEL_LEVEL=3 CTEST_PARALLEL_LEVEL=2 EMCC_CORES=4'
