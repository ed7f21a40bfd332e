# Sourced before the arguments are read. A signal that was ignored at entry stays ignored: Bash keeps to that, but Ninja and Node
# do not, and a terminal that closes sends SIGHUP to all of a job's processes. So under nohup, and in the background of another
# script, which ignores SIGINT, the work is done in a session of its own, which such signals do not reach.
run_in_own_session() { # run_in_own_session SCRIPT ARGUMENT...
  local session interrupted status
  [ -z "${TRILANE_OWN_SESSION:-}" ] && command -v setsid >/dev/null || return 0
  [[ $(trap -p HUP INT) == *"trap -- ''"* ]] || return 0
  TRILANE_OWN_SESSION=1 setsid "$BASH" "$@" <&0 &
  session=$!
  # Whoever ends this process means the work. At first it may not have its session yet, and it may have ended already: neither is
  # an error.
  trap 'interrupted=true; kill -TERM -- "-$session" 2>/dev/null || kill -TERM "$session" 2>/dev/null || true' HUP INT TERM
  interrupted=true
  while $interrupted; do # a signal ends `wait` before the work has ended
    interrupted=false status=0
    wait "$session" || status=$?
  done
  exit "$status"
}
