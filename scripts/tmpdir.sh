# Sourced. One clear line for a TMPDIR that is of no use: compilers and mktemp would each say it in their own way, or not at all.
require_tmpdir() {
  [ -d "${TMPDIR:-/tmp}" ] && [ -w "${TMPDIR:-/tmp}" ] && return
  printf "%s: error: TMPDIR is '%s', which is not a folder that this user can write into\n" "${0##*/}" "${TMPDIR:-/tmp}" >&2
  return 1
}
