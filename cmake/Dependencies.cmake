# Header-only libraries, as targets whose warnings do not count:
#
#   trilane_xsimd                   the kernels; all that the library itself needs
#   nlohmann_json::nlohmann_json    the harness and the safetensors reader
#   trilane_xxhash                  digests
#   trilane_boost_headers           the harness: Boost.Regex; the tests: Boost.Test through <boost/test/included/unit_test.hpp>
#   CLI11::CLI11                    the native CLI
#
# Each is looked for in the prefix that scripts/setup fills, then on the system, and is else fetched from its source.

include(FetchContent)
if(PROJECT_IS_TOP_LEVEL)
  include(${CMAKE_CURRENT_LIST_DIR}/OwnRepository.cmake) # what is fetched is cloned
endif()
include(${CMAKE_CURRENT_LIST_DIR}/SetupCache.cmake)

# One prefix for native and WASM, so that both see the same versions. It holds these libraries and nothing else: /usr
# would bring the system's C headers onto the WASM include path, so the WASM build looks below its root paths only.
if(EXISTS "${TRILANE_SETUP_CACHE}/headers")
  list(APPEND CMAKE_PREFIX_PATH "${TRILANE_SETUP_CACHE}/headers")
  if(CMAKE_CROSSCOMPILING)
    list(APPEND CMAKE_FIND_ROOT_PATH "${TRILANE_SETUP_CACHE}/headers")
  endif()
endif()

# Leaves no <name>_DIR in the cache of a parent project, whose own search would begin there.
macro(trilane_find_package name)
  set(cached_dirs ${name}_DIR xtl_DIR) # Debian's xsimd looks for xtl
  foreach(dir IN LISTS cached_dirs)
    if(PROJECT_IS_TOP_LEVEL OR DEFINED CACHE{${dir}})
      list(REMOVE_ITEM cached_dirs ${dir})
    endif()
  endforeach()
  find_package(${name} ${ARGN} CONFIG QUIET)
  foreach(dir IN LISTS cached_dirs)
    unset(${dir} CACHE)
  endforeach()
endmacro()

# xsimd 13: the first with what the kernels use on WASM. A parent project may have brought one, whose target stays as it is.
# Only the headers are taken: Debian's target drags in xtl, for complex numbers, and the kernels have none.
if(NOT TARGET xsimd)
  trilane_find_package(xsimd 13)
endif()
if(TARGET xsimd)
  get_target_property(xsimd_include_dirs xsimd INTERFACE_INCLUDE_DIRECTORIES)
else()
  message(STATUS "xsimd not found: fetching it")
  # Its own build is not wanted, only its headers: SOURCE_SUBDIR names a folder without a CMakeLists.txt.
  FetchContent_Declare(
    trilane_xsimd_source
    GIT_REPOSITORY https://github.com/xtensor-stack/xsimd.git
    GIT_TAG 13.2.0
    GIT_SHALLOW ON
    SOURCE_SUBDIR include)
  FetchContent_MakeAvailable(trilane_xsimd_source)
  set(xsimd_include_dirs ${trilane_xsimd_source_SOURCE_DIR}/include)
endif()
add_library(trilane_xsimd INTERFACE)
target_include_directories(trilane_xsimd SYSTEM INTERFACE ${xsimd_include_dirs})

if(NOT TRILANE_TOOLS AND NOT TRILANE_TESTS)
  return()
endif()

trilane_find_package(nlohmann_json 3.11)
if(NOT nlohmann_json_FOUND)
  message(STATUS "nlohmann_json not found: fetching it")
  FetchContent_Declare(nlohmann_json GIT_REPOSITORY https://github.com/nlohmann/json.git GIT_TAG v3.11.3 GIT_SHALLOW ON
                       SYSTEM)
  FetchContent_MakeAvailable(nlohmann_json)
endif()

if(NOT EMSCRIPTEN)
  trilane_find_package(CLI11 2.3)
  if(NOT CLI11_FOUND)
    message(STATUS "CLI11 not found: fetching it")
    FetchContent_Declare(CLI11 GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git GIT_TAG v2.4.2 GIT_SHALLOW ON SYSTEM)
    FetchContent_MakeAvailable(CLI11)
  endif()
endif()

# The next two are used as bare headers, and not everyone packs a CMake config with them: find_path is their find_package.

find_path(TRILANE_XXHASH_INCLUDE_DIR xxhash.h)
if(NOT TRILANE_XXHASH_INCLUDE_DIR)
  message(STATUS "xxhash not found: fetching it")
  FetchContent_Declare(xxhash GIT_REPOSITORY https://github.com/Cyan4973/xxHash.git GIT_TAG v0.8.3 GIT_SHALLOW ON)
  FetchContent_MakeAvailable(xxhash)
  set(TRILANE_XXHASH_INCLUDE_DIR "${xxhash_SOURCE_DIR}" CACHE PATH "Directory of xxhash.h" FORCE)
endif()
add_library(trilane_xxhash INTERFACE)
target_include_directories(trilane_xxhash SYSTEM INTERFACE "${TRILANE_XXHASH_INCLUDE_DIR}")
target_compile_definitions(trilane_xxhash INTERFACE XXH_INLINE_ALL)
if(EMSCRIPTEN)
  # With -msimd128 xxhash takes Emscripten's arm_neon.h for SIMDe's, which is not there on Debian. Tell it that nothing is.
  target_compile_options(trilane_xxhash INTERFACE "-DXXH_HAS_INCLUDE(x)=0")
endif()

# Boost.Regex of 1.76 or newer needs no other part of Boost. Some packages hold it without Boost.Test.
find_path(TRILANE_BOOST_REGEX_INCLUDE_DIR boost/regex/v5/regex.hpp)
find_path(TRILANE_BOOST_INCLUDE_DIR boost/test/included/unit_test.hpp)
if(TRILANE_BOOST_REGEX_INCLUDE_DIR AND (TRILANE_BOOST_INCLUDE_DIR OR NOT TRILANE_TESTS))
  set(boost_include_dirs "${TRILANE_BOOST_REGEX_INCLUDE_DIR}")
  if(TRILANE_TESTS)
    list(APPEND boost_include_dirs "${TRILANE_BOOST_INCLUDE_DIR}")
  endif()
else()
  message(STATUS "Boost.Regex or Boost.Test not found: fetching Boost's headers")
  # Boost's own build is not wanted, only its headers: SOURCE_SUBDIR names a folder without a CMakeLists.txt.
  FetchContent_Declare(
    boost
    URL https://github.com/boostorg/boost/releases/download/boost-1.83.0/boost-1.83.0.tar.gz
    URL_HASH SHA256=0c6049764e80aa32754acd7d4f179fd5551d8172a83b71532ae093e7384e98da
    DOWNLOAD_EXTRACT_TIMESTAMP ON
    SOURCE_SUBDIR tools)
  FetchContent_MakeAvailable(boost)
  file(GLOB boost_include_dirs "${boost_SOURCE_DIR}/libs/*/include" "${boost_SOURCE_DIR}/libs/numeric/*/include")
endif()
add_library(trilane_boost_headers INTERFACE)
target_include_directories(trilane_boost_headers SYSTEM INTERFACE ${boost_include_dirs})
target_compile_definitions(trilane_boost_headers INTERFACE BOOST_REGEX_STANDALONE)
