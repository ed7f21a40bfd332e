# Prefers clang where there is one: GCC 12 does not keep the sums of products in registers, which costs 15 to 30 % of their
# speed (docs/performance.md). CXX in the environment, or -DCMAKE_CXX_COMPILER, chooses another compiler.
if(NOT CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX})
  find_program(TRILANE_CLANG NAMES clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++-16)
  mark_as_advanced(TRILANE_CLANG)
  if(TRILANE_CLANG)
    set(CMAKE_CXX_COMPILER ${TRILANE_CLANG})
  endif()
endif()
