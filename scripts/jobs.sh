# Sourced. How many jobs are started at once: CMake, CTest and Emscripten read it from the environment, those that they start as
# well. What the caller set there counts.
limit_jobs() {
  local cpus
  cpus=$(count_cpus)
  export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$cpus}" CTEST_PARALLEL_LEVEL="${CTEST_PARALLEL_LEVEL:-$cpus}"
  export EMCC_CORES="${EMCC_CORES:-$cpus}"
}

# Prints the number of CPUs that this process may use: those of its affinity, and no more than the quotas of its control groups.
count_cpus() {
  local cpus quota
  if command -v nproc >/dev/null; then
    cpus=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc) # it would take the number of OpenMP's threads for that of CPUs
  else
    cpus=$(getconf _NPROCESSORS_ONLN)
  fi
  for quota in $(cpu_quotas /proc/self/cgroup /sys/fs/cgroup); do
    [ "$quota" -ge "$cpus" ] || cpus=$quota
  done
  printf '%s\n' "$cpus"
}

# Prints the CPUs, rounded up, of each quota in the control groups that a file like /proc/self/cgroup names, and in those above.
cpu_quotas() { # cpu_quotas FILE MOUNT
  local controllers path version quota period
  [ -r "$1" ] || return 0
  while IFS=: read -r _ controllers path; do
    case ,$controllers, in
      ,,) version=2 ;;
      *,cpu,*) version=1 ;;
      *) continue ;;
    esac
    # In a container the path may be the host's, and its groups not there: the root's quota is then the container's.
    path=${path%/}/
    while [ -n "$path" ]; do
      path=${path%/*}
      quota='' period=''
      if [ "$version" = 2 ] && [ -r "$2$path/cpu.max" ]; then
        read -r quota period <"$2$path/cpu.max"
      elif [ "$version" = 1 ] && [ -r "$2/cpu$path/cpu.cfs_quota_us" ]; then
        read -r quota <"$2/cpu$path/cpu.cfs_quota_us"
        read -r period <"$2/cpu$path/cpu.cfs_period_us"
      fi
      # No limit is "max" in version 2 and -1 in version 1.
      [[ ! $quota =~ ^[1-9][0-9]*$ ]] || printf '%s\n' $(((quota + period - 1) / period))
    done
  done <"$1"
}
