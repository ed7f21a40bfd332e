# Finds Emscripten (em++ on the PATH, $EMSDK, or what scripts/setup unpacked) and loads its own toolchain file, with a
# Node that runs the tests. scripts/setup looks in the same places.

include(${CMAKE_CURRENT_LIST_DIR}/SetupCache.cmake)

set(min_emscripten 3.1.69)
set(candidates "")
find_program(EM_CONFIG em-config NO_CACHE)
if(EM_CONFIG)
  # What it says if it fails is for the user to see: another candidate may do, or none.
  execute_process(COMMAND "${EM_CONFIG}" EMSCRIPTEN_ROOT OUTPUT_VARIABLE emscripten_root RESULT_VARIABLE failed
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed)
    list(APPEND candidates "${emscripten_root}")
  endif()
endif()
if(NOT "$ENV{EMSDK}" STREQUAL "")
  list(APPEND candidates "$ENV{EMSDK}/upstream/emscripten")
endif()
list(APPEND candidates "${TRILANE_SETUP_CACHE}/emscripten/usr/share/emscripten")

set(emscripten_toolchain "")
foreach(dir IN LISTS candidates)
  if(EXISTS "${dir}/emscripten-version.txt" AND NOT emscripten_toolchain)
    file(READ "${dir}/emscripten-version.txt" version)
    string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${version}")
    if(version VERSION_GREATER_EQUAL min_emscripten)
      set(emscripten_toolchain "${dir}/cmake/Modules/Platform/Emscripten.cmake")
    endif()
  endif()
endforeach()
if(NOT emscripten_toolchain)
  message(FATAL_ERROR "No Emscripten ${min_emscripten} or newer on the PATH or in $EMSDK. Run scripts/setup.")
endif()

# Relaxed SIMD needs Node 22: the one that npm installed, else the system's.
if(NOT CMAKE_CROSSCOMPILING_EMULATOR)
  set(node "${CMAKE_CURRENT_LIST_DIR}/../web/node_modules/node/bin/node")
  cmake_path(NORMAL_PATH node)
  if(NOT EXISTS "${node}")
    find_program(node_on_path NAMES node nodejs NO_CACHE)
    if(node_on_path)
      execute_process(COMMAND ${node_on_path} --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
      string(REPLACE "v" "" version "${version}")
    endif()
    if(NOT node_on_path OR version VERSION_LESS 22)
      message(FATAL_ERROR "No Node 22 or newer in web/node_modules or on the PATH. Run scripts/setup.")
    endif()
    set(node "${node_on_path}")
  endif()
  set(CMAKE_CROSSCOMPILING_EMULATOR "${node}" CACHE FILEPATH "Node, which runs the WASM tests")
endif()

include("${emscripten_toolchain}")
