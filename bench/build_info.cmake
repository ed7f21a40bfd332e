# cmake -DSOURCE=<source tree> -DOUTPUT=<header> -DCOMPILER=<hex> -DFLAGS=<hex> -P build_info.cmake
#
# Writes what is known of the build into a header, each time something is built: the commit may have changed. Works without
# git and outside a checkout. COMPILER and FLAGS are bytes in hexadecimal: no quote, backslash, semicolon or dollar sign of a
# flag then means anything on the way here.
cmake_minimum_required(VERSION 3.25)

set(commit "unknown")
set(dirty false)

# A source tree without a .git of its own may lie in somebody else's repository, whose commit says nothing about it.
if(EXISTS "${SOURCE}/.git")
  include("${CMAKE_CURRENT_LIST_DIR}/../cmake/OwnRepository.cmake")
  if(TRILANE_GIT)
    execute_process(COMMAND "${TRILANE_GIT}" -C "${SOURCE}" rev-parse --show-prefix --short=12 HEAD
                    OUTPUT_VARIABLE head ERROR_VARIABLE complaint RESULT_VARIABLE failed)
    if(NOT failed)
      execute_process(COMMAND "${TRILANE_GIT}" --no-optional-locks -C "${SOURCE}" status --porcelain --untracked-files=no
                      OUTPUT_VARIABLE changes ERROR_VARIABLE complaint RESULT_VARIABLE failed)
    endif()
    if(failed)
      string(STRIP "${complaint}" complaint)
      message(NOTICE "The build does not know its commit. Git says: ${complaint}")
    elseif(head MATCHES "^\n([0-9a-f]+)\n$") # a prefix is there only if a .git that is broken sent Git to an outer repository
      set(commit "${CMAKE_MATCH_1}")
      if(NOT changes STREQUAL "")
        set(dirty true)
      endif()
    endif()
  endif()
endif()

# As C++ literals of escapes alone: whatever the bytes are, they need no rules.
foreach(name COMPILER FLAGS)
  string(REGEX REPLACE "(..)" "\\\\x\\1" ${name}_literal "${${name}}")
endforeach()

set(header "#pragma once

namespace trilane::bench::build_info {
inline constexpr const char* commit = \"${commit}\";
inline constexpr bool dirty = ${dirty};
inline constexpr const char* compiler = \"${COMPILER_literal}\";
inline constexpr const char* flags = \"${FLAGS_literal}\";
}  // namespace trilane::bench::build_info
")
set(old "")
if(EXISTS "${OUTPUT}")
  file(READ "${OUTPUT}" old)
endif()
if(NOT header STREQUAL old) # or everything that includes it would be compiled again
  file(WRITE "${OUTPUT}" "${header}")
endif()
