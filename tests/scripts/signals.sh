#!/usr/bin/env bash
# A signal that was ignored at entry stays ignored, for the script and for what it starts; any other ends it, and it cleans up.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"
make_clone
stub_programs
mkfifo "$scratch/wait"
cd "$clone"
mkdir "$scratch/tmp"
unset TRILANE_OWN_SESSION

# Runs a script until its first cmake waits, sends a signal to it and to all that it started, as a terminal does, lets cmake go on
# where the work shall go on, and prints the script's status.
status_of() { # status_of WANTED ENTRY SIGNAL SCRIPT...
  local wanted=$1 entry=$2 signal=$3 pid status=0
  shift 3
  TMPDIR=$scratch/tmp setsid env --default-signal=INT,HUP,TERM $entry "$@" >"$scratch/log" 2>&1 &
  pid=$!
  echo "$pid" >"$scratch/pid" # of its session, too
  exec 7>"$scratch/wait" # it opens when there is a cmake that reads
  kill "-$signal" -- "-$pid"
  rm "$scratch/wait" # those that follow do not wait
  [ "$wanted" != 0 ] || echo >&7
  wait "$pid" || status=$?
  exec 7>&- # not before: where the signal ends the work, cmake must not end by itself
  mkfifo "$scratch/wait"
  echo "$status"
}
expect() { # expect STATUS ENTRY SIGNAL SCRIPT...
  local wanted=$1 got
  got=$(status_of "$@")
  shift
  [ "$got" = "$wanted" ] || fail "$*: status $got, not $wanted: $(cat "$scratch/log")"
  [ -z "$(ls -A "$scratch/tmp")" ] || fail "$*: it left temporary files"
  [ ! -e build/ab/base ] || fail "$*: it left the base"
}

for script in 'scripts/ab HEAD --target native' 'scripts/baseline --browser none' 'scripts/test native'; do
  expect 0 nohup HUP $script
  expect 130 '' INT $script
done
script='scripts/baseline --browser none'
expect 0 '--ignore-signal=INT' INT $script
expect 0 '--ignore-signal=INT,TERM' TERM $script
expect 130 '' TERM $script
expect 129 '' HUP $script
expect 130 nohup TERM $script # what was not ignored ends the work under nohup, too

# Ninja and Node take signals that were ignored: a terminal that closes must not reach them, and Ctrl-C must where it is not ignored.
printf 'cut -d " " -f 6 /proc/$$/stat >"%s"\n' "$scratch/session" >>"$scratch/bin/cmake"
expect 0 nohup HUP $script
if cmp -s "$scratch/session" "$scratch/pid"; then fail 'under nohup a build is in the session of the terminal'; fi
expect 0 '' CONT $script
cmp "$scratch/session" "$scratch/pid" || fail 'without nohup Ctrl-C does not reach a build'
