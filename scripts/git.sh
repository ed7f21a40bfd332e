# Sourced. A hook, an alias and `git rebase --exec` tell their children by GIT_DIR, GIT_INDEX_FILE and others which repository,
# index or work tree they are about. Ours is the one that the files lie in.

# Git's own list of these variables, and those that change what a checkout or a ref is. Only safe.directory is carried over:
# it says who may read a clone, not which clone is meant.
forget_callers_repository() {
  local name directory directories=()
  command -v git >/dev/null || return 0
  if [ -n "${GIT_CONFIG_COUNT:-}${GIT_CONFIG_PARAMETERS:-}" ]; then
    while IFS= read -r directory; do
      directories+=("$directory")
    done < <(git config --show-scope --get-all safe.directory | sed -n 's/^command\t//p')
  fi
  for name in $(git rev-parse --local-env-vars) GIT_NAMESPACE GIT_QUARANTINE_PATH GIT_ATTR_SOURCE GIT_EXTERNAL_DIFF; do
    unset "$name"
  done
  trust_directories ${directories[@]+"${directories[@]}"}
  export GIT_OPTIONAL_LOCKS=0 # looking at the work tree does not rewrite its index
}

# Lets Git in this process's children read clones that are another user's.
trust_directories() { # trust_directories DIRECTORY...
  local directory
  for directory; do
    export "GIT_CONFIG_KEY_${GIT_CONFIG_COUNT:=0}=safe.directory" "GIT_CONFIG_VALUE_$GIT_CONFIG_COUNT=$directory"
    export GIT_CONFIG_COUNT=$((GIT_CONFIG_COUNT + 1))
  done
}

# Fails, and prints why, unless this folder is the root of a clone: Git would take the one that it lies in.
require_own_clone() {
  local prefix
  prefix=$(git rev-parse --show-prefix 2>/dev/null) || { git rev-parse --show-prefix 2>&1 | one_line; return 1; }
  [ -n "$prefix" ] || return 0
  printf 'this folder is not a clone of its own, but a part of %s\n' "$(git rev-parse --show-toplevel)"
  return 1
}
