#!/usr/bin/env bash
# A clone with core.autocrlf=true, or made where core.eol is crlf, holds the same bytes: it runs, and what is compared is equal.
. "$(dirname "${BASH_SOURCE[0]}")/support.sh"

git clone -q -c core.autocrlf=false "$root" "$scratch/bytes"
for settings in 'core.autocrlf=true' 'core.eol=crlf'; do
  git clone -q -n "$root" "$scratch/clone"
  cp "$root/.gitattributes" "$scratch/clone/.git/info/attributes"
  git -C "$scratch/clone" config "${settings%=*}" "${settings#*=}"
  git -C "$scratch/clone" checkout -q
  diff -r --exclude=.git "$scratch/bytes" "$scratch/clone" >"$scratch/differ" || fail "with $settings: $(head -n 3 "$scratch/differ")"
  [ -z "$(git -C "$scratch/clone" status --porcelain)" ] || fail "with $settings: a fresh clone has changes"
  rm -rf "$scratch/clone"
done
# Bytes stay bytes, though they look like lines of text.
for file in tests/data/tiny.safetensors tests/fuzz/corpus/baseline/complete; do
  git -C "$root" check-attr text "$file" | grep -q ': unset$' || fail "$file is taken for text"
done
