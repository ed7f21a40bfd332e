# Compiles headers that take seconds to read once per target.
#
# ccache finds what was compiled with them only if they carry no time stamp, and if scripts/ccache.sh permits it.

function(trilane_precompile_headers target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
endfunction()
