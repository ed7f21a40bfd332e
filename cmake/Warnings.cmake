# What every target of ours is compiled with, whatever a parent project sets for all targets of its build.

function(trilane_target_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  if(PROJECT_IS_TOP_LEVEL OR TRILANE_WERROR)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      target_compile_options(${target} PRIVATE -Wno-restrict) # false alarms in std::string (GCC bug 105651)
    endif()
  endif()
  if(TRILANE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(NOT EMSCRIPTEN)
    target_compile_options(${target} PRIVATE -fexceptions -frtti) # errors are exceptions
  endif()
  trilane_ignore_parent(${target})
  trilane_exact_floats(${target})
endfunction()

# The part that the archs' units need, too. Warnings that a parent asks for are about its own code, where -Werror stops the
# build. Units are compiled one by one: some have names that are the same, and archs have their own flags.
function(trilane_ignore_parent target)
  if(NOT PROJECT_IS_TOP_LEVEL AND NOT TRILANE_WERROR)
    target_compile_options(${target} PRIVATE -w)
  endif()
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF)
endfunction()

if(TRILANE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(TRILANE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link) # what libFuzzer steers by
endif()
if(EMSCRIPTEN)
  # Native WASM exceptions: small, fast, and what the header-only Boost.Test needs. The same at link time.
  add_compile_options(-fwasm-exceptions)
  add_link_options(-fwasm-exceptions)
endif()
