# Adds the target trilane_build_info, which writes generated/bench/build_info.hpp: see build_info.cmake.
set(build_info "${PROJECT_BINARY_DIR}/generated/bench/build_info.hpp")
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
string(TOLOWER "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}" compiler)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" flags)
string(HEX "${compiler}" compiler)
string(HEX "${flags}" flags)
add_custom_target(
  trilane_build_info
  COMMAND "${CMAKE_COMMAND}" "-DSOURCE=${PROJECT_SOURCE_DIR}" "-DOUTPUT=${build_info}" -DCOMPILER=${compiler} -DFLAGS=${flags}
          -P "${CMAKE_CURRENT_LIST_DIR}/build_info.cmake"
  BYPRODUCTS "${build_info}"
  VERBATIM)
