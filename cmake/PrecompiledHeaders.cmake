# Compiles headers that take seconds to read once per target, with clang. GCC gains little by it (files of tests with the
# sanitizers 3 to 16 %, where clang gains a third), and GCC 12 then warns about std::string's own lines.
#
# ccache finds what was compiled with them only if they carry no time stamp, and if scripts/ccache.sh permits it.

function(trilane_precompile_headers target)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_precompile_headers(${target} PRIVATE ${ARGN})
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()
