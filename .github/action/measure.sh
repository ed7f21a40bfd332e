#!/usr/bin/env bash
# The measuring step of action.yml: compares, or saves a baseline, and says what came of it in $GITHUB_OUTPUT:
#
#   mode      compare, save, or nothing
#   reports   the folder of the reports
#   status    that of scripts/ab; the action's last step ends with it, after everything is reported
#
# Its options come by the environment: see action.yml. It runs in the project that is measured; trilane itself, if that is
# another one, is where this script is.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
trilane=$(cd "$here/../.." && pwd)
. "$trilane/scripts/environment.sh"
say() { printf 'trilane: %s\n' "$*" >&2; }
output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
end() { # no verdict, but its status is reported and ends the job all the same
  local name
  printf '::error title=trilane::%s\n' "$*"
  if [ "$mode" = compare ] && [ -d "${reports:-}" ]; then
    # In place of what an earlier push's comment says, and for the check runs that a branch may require.
    printf '<!-- trilane -->\n## ❌ Not measured\n\n%s\n' "$*" >"$reports/comment.md"
    for name in $targets; do [ -e "$reports/$name.md" ] || printf '## ❌ Not measured\n\n%s\n' "$*" >"$reports/$name.md"; done
  fi
  output status 4
  exit 0
}

# In a container the checkout is another user's. This holds for what is started here, and leaves the machine's settings alone.
[ "${CI:-}" != true ] || trust_directories "$PWD"

base_command=${TRILANE_BASE_COMMAND:-} new_command=${TRILANE_NEW_COMMAND:-}
targets=${TRILANE_TARGETS:-native chromium}
[ -z "$base_command$new_command" ] || targets=commands

mode=${TRILANE_MODE:-auto}
if [ "$mode" = auto ]; then
  mode=nothing
  [ "$GITHUB_EVENT_NAME" != pull_request ] || mode=compare
  [ "$GITHUB_EVENT_NAME $GITHUB_REF" != "push refs/heads/${TRILANE_DEFAULT_BRANCH:-main}" ] || mode=save
fi
output mode "$mode"
reports=$PWD/build/trilane-reports
case $mode in
  nothing)
    say "nothing to do for the event '$GITHUB_EVENT_NAME' of $GITHUB_REF"
    exit 0
    ;;
  compare | save)
    rm -rf "$reports"
    mkdir -p "$reports"
    output reports "$reports"
    ;;
  *) end "the input mode is '$mode': choose from auto, compare, save" ;;
esac

if [ "$mode" = save ]; then
  "$here/save.sh" "$reports" || end 'no baseline was saved: the log says why'
  output status 0
  exit 0
fi

options=(--budget "${TRILANE_BUDGET:-600}" --min-effect "${TRILANE_MIN_EFFECT:-2}")
[ -z "${TRILANE_ONLY:-}" ] || options+=(--cases "$TRILANE_ONLY")
[ "${TRILANE_REQUIRE_ALL:-}" != true ] || options+=(--require-all)
[ "${TRILANE_REQUIRE_VERDICT:-}" != true ] || options+=(--require-verdict)

if [ -n "$base_command$new_command" ]; then
  if [ -z "$base_command" ] || [ -z "$new_command" ]; then end 'base-command and new-command go together'; fi
  say 'building trilane'
  {
    "$trilane/scripts/setup" --no-browsers && cmake --preset native -S "$trilane" &&
      cmake --build "$trilane/build/native" --target trilane_cli
  } >&2 || end 'trilane could not be built: the log says why'
  [ "${TRILANE_ON_REQUEST:-}" != true ] || options+=(--on-request)
  status=0
  "$trilane/build/native/trilane" ab --base "$base_command" --new "$new_command" "${options[@]}" \
    --report "markdown=$reports/commands.md" --report "check-run=$reports/commands-check-run.json" \
    --report "junit=$reports/commands-junit.xml" --report "evidence=$reports/commands.txt" \
    --save-base "$reports/commands-base.json" --save-new "$reports/commands-new.json" || status=$?
  [ -e "$reports/commands.md" ] ||
    printf '<!-- trilane -->\n## ❌ Not comparable (status %s): the log says why\n' "$status" >"$reports/commands.md"
  cp "$reports/commands.md" "$reports/comment.md"
else
  [ -e scripts/ab ] || end 'this project has no scripts/ab: give base-command and new-command (see docs/ci.md)'
  [ -n "${TRILANE_BASE:-}" ] || end 'the input base is needed: this is no pull request'
  for target in $targets; do options+=(--target "$target"); done
  [ "${TRILANE_KEEP_BASE:-}" != true ] || options+=(--keep-base)
  complaint=$(mktemp) || end "there is no place for temporary files: TMPDIR is '${TMPDIR:-}'"
  trap 'rm -f "$complaint"' EXIT
  status=0
  { scripts/ab "$TRILANE_BASE" "${options[@]}" --out "$reports" 2>&1 >&3 | tee "$complaint" >&2; } 3>&1 || status=$?
  if [ ! -e "$reports/comment.md" ]; then
    reason=$(sed -n 's/^ab: error: //p' "$complaint" | tail -n 1)
    end "${reason:-scripts/ab ended with status $status: $(last_words <"$complaint")}"
  fi
fi
# The gate lets it through, so that somebody should read it.
for line in "$reports"/*.txt; do
  ! grep -q 'verdict: inconclusive' "$line" 2>/dev/null ||
    printf '::warning title=trilane::%s: not all cases got a verdict; see the comment, and docs/ci.md about budgets\n' "$(basename "$line" .txt)"
done
output status "$status"
