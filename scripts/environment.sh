# Sourced by every script, before it reads its arguments: what of the caller's environment reaches the work.
#
#   session.sh   what was ignored at entry stays ignored
#   git.sh       not the caller's repository
#   jobs.sh      how many jobs are started at once
#   tmpdir.sh    TMPDIR: require_tmpdir says what is wrong with it
#
# And what several of them need: words.sh, for what a program said.
environment=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$environment/session.sh"
. "$environment/git.sh"
. "$environment/jobs.sh"
. "$environment/tmpdir.sh"
. "$environment/words.sh"
run_in_own_session "$0" "$@"
forget_callers_repository
limit_jobs
