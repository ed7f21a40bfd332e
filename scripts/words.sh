# Sourced. What a program said, for a message of ours: its own words, no guess.

# What a program said, as one line.
one_line() { tr -s '\t\n ' ' ' | sed 's/^ //; s/ $//'; }

# The line of a log that tells best why a program failed: the last that calls itself an error, else the last that is not empty.
last_words() {
  local log
  log=$(cat)
  { grep -iE '(error|failed|fatal):|^E: |err!|interrupted' <<<"$log" || grep -v '^[[:space:]]*$' <<<"$log" || echo 'it said nothing'; } |
    tail -n 1 | cut -c 1-200
}
