# Where scripts/setup keeps what the system's packages lack. Included by Dependencies.cmake and the WASM toolchain file.
if("$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(TRILANE_SETUP_CACHE "$ENV{HOME}/.cache/trilane")
else()
  set(TRILANE_SETUP_CACHE "$ENV{XDG_CACHE_HOME}/trilane")
endif()
