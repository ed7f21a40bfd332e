# What every target of ours is compiled with.
#
# -ffp-contract=off: a fused multiply-add would round once where the formats define two roundings.

function(trilane_target_defaults target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                           -ffp-contract=off)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict) # false alarms in std::string (GCC bug 105651)
  endif()
  if(TRILANE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
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
