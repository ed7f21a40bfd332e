# Results are the same bits everywhere, so a parent project's flags may not change values. What a target of ours inherits from
# CMAKE_CXX_FLAGS or add_compile_options() comes first on its command lines. The flags below come later and undo it.
# src/exact_floats.hpp refuses what they cannot undo.

set(exact_floats
    -fno-fast-math # of -Ofast, too
    -fno-unsafe-math-optimizations
    -fno-finite-math-only
    -fno-associative-math
    -fno-reciprocal-math
    -fsigned-zeros
    -fno-rounding-math)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  list(APPEND exact_floats -fno-single-precision-constant)
elseif(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  list(APPEND exact_floats -fno-approx-func -fdenormal-fp-math=ieee)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 15) # older ones do not know it
    list(APPEND exact_floats -ffp-eval-method=source)
  endif()
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i[3-6]86")
  list(APPEND exact_floats -msse2 -mfpmath=sse) # the old unit, 387, keeps more digits than a float has
endif()
# Last, since several of the flags above set it. A fused multiply-add would round once where the formats define two roundings.
list(APPEND exact_floats -ffp-contract=off)
# CMake keeps the first of equal options, which may be the parent's, before those that undo it. With SHELL: they are not equal.
list(TRANSFORM exact_floats PREPEND "SHELL:")

# A program or shared library that is linked with these flags sets flush-to-zero in its process, or in that which loads it.
set(exact_floats_link "")
if(NOT EMSCRIPTEN)
  set(exact_floats_link -fno-fast-math -fno-unsafe-math-optimizations)
  set(flags "${CMAKE_CXX_FLAGS}")
  foreach(type IN LISTS CMAKE_BUILD_TYPE CMAKE_CONFIGURATION_TYPES)
    string(TOUPPER "CMAKE_CXX_FLAGS_${type}" flags_of_type)
    string(APPEND flags " ${${flags_of_type}}")
  endforeach()
  if(flags MATCHES "-Ofast")
    list(APPEND exact_floats_link -O3) # nothing else ends -Ofast here
  endif()
  list(TRANSFORM exact_floats_link PREPEND "SHELL:")
endif()

function(trilane_exact_floats target)
  target_compile_options(${target} PRIVATE ${exact_floats})
  target_link_options(${target} PRIVATE ${exact_floats_link})
endfunction()
