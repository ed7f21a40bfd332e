# cmake -DSOURCE=<trilane> -DBUILD=<build tree> -DCONFIG=<configuration> -DWORK=<scratch folder> -DGENERATOR=<name>
#       -DCOMPILER=<C++> -DLAUNCHER=<of the compiler, or empty> -DNM=<nm> -DXSIMD=<folder of its headers> -P run.cmake
#
# 1. Installs the build tree, moves what was installed, and builds and runs consumers against it: in C++, in C, in C alone, and
#    with pkg-config.
# 2. Builds a parent project that has trilane as a part of itself, shared, with settings of its own; compares the results; then
#    installs that build to other folders, and a project of C alone uses it.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(configure source build)
  run(${CMAKE_COMMAND} -S ${source} -B ${build} -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${CONFIG} ${ARGN})
endfunction()

function(build tree)
  run(${CMAKE_COMMAND} --build ${tree} --config ${CONFIG})
endfunction()

function(require_printed wanted)
  execute_process(COMMAND ${ARGN} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
  if(NOT printed STREQUAL wanted)
    message(FATAL_ERROR "${ARGN} printed:\n${printed}wanted:\n${wanted}")
  endif()
endfunction()

# Codes 1 0 1 -1 and 0 1 -1 0 at a scale of 33/64; q = 32 -64 95 127, a = 127/4: 0 and -159 of 1/a.
set(c_prints "0 -2.58219\n")

# Builds main.c with what pkg-config says of `libdir`, and runs it.
function(require_pkg_config libdir)
  find_program(PKG_CONFIG NAMES pkg-config pkgconf)
  find_program(CC NAMES cc gcc clang)
  if(NOT PKG_CONFIG OR NOT CC)
    message(NOTICE "no pkg-config or no C compiler: trilane.pc is not tried")
    return()
  endif()
  set(ENV{PKG_CONFIG_PATH} ${libdir}/pkgconfig)
  execute_process(COMMAND ${PKG_CONFIG} --cflags --libs trilane OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run(${CC} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/main.c -o ${WORK}/by_pkg_config ${flags})
  require_printed("${c_prints}" ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${libdir} ${WORK}/by_pkg_config)
endfunction()

file(REMOVE_RECURSE ${WORK})
set(here ${CMAKE_CURRENT_LIST_DIR})
set(cxx -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
set(bin "-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${WORK}/$<0:>")

# 1. What was installed, static or shared as the build tree is.
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix --config ${CONFIG})
file(RENAME ${WORK}/prefix ${WORK}/moved)
configure(${here} ${WORK}/build ${cxx} -DCMAKE_PREFIX_PATH=${WORK}/moved ${bin})
build(${WORK}/build)
# The mean is 23/12: only weights beyond half of it are not 0. q = 42 85 127, a = 127/3: 0 and 85 times 23/12 · 3/127.
require_printed("1.91667 1.91667 -1.91667 -1.91667 0 1.91667 times 1 2 3: 0 3.84843\n" ${WORK}/consumer)
require_printed("${c_prints}" ${WORK}/consumer_in_c)
execute_process(COMMAND ${WORK}/exact OUTPUT_VARIABLE exact COMMAND_ERROR_IS_FATAL ANY)
if(NOT exact MATCHES "scalar: [0-9a-f]+, NaN weights refused and activations refused, infinite weights refused and activations refused\n")
  message(FATAL_ERROR "exact printed:\n${exact}")
endif()
configure(${here}/c ${WORK}/c_alone -DCMAKE_PREFIX_PATH=${WORK}/moved ${bin})
build(${WORK}/c_alone)
require_printed("${c_prints}" ${WORK}/consumer_in_c_alone)
file(GLOB_RECURSE pc ${WORK}/moved/trilane.pc)
cmake_path(GET pc PARENT_PATH pc)
cmake_path(GET pc PARENT_PATH pc)
require_pkg_config(${pc})

# 2. A parent project. It installs itself, and trilane only where it wants to.
set(parent ${here}/parent ${WORK}/parent ${cxx} -DTRILANE=${SOURCE} -DXSIMD=${XSIMD} -DBUILD_SHARED_LIBS=ON)
configure(${parent})
build(${WORK}/parent)
require_printed("${exact}" ${WORK}/parent/bin/trilane)
run(${CMAKE_COMMAND} --install ${WORK}/parent --prefix ${WORK}/parents_own --config ${CONFIG})
file(GLOB_RECURSE installed RELATIVE ${WORK}/parents_own ${WORK}/parents_own/*)
if(NOT installed STREQUAL "bin/trilane")
  message(FATAL_ERROR "the parent project installs ${installed}")
endif()
configure(${parent} -DTRILANE_INSTALL=ON -DCMAKE_INSTALL_PREFIX=${WORK}/with_trilane
          -DCMAKE_INSTALL_INCLUDEDIR=api/headers -DCMAKE_INSTALL_LIBDIR=${WORK}/elsewhere/lib)
run(${CMAKE_COMMAND} --install ${WORK}/parent --config ${CONFIG})
configure(${here}/c ${WORK}/c_shared -DCMAKE_PREFIX_PATH=${WORK}/elsewhere ${bin})
build(${WORK}/c_shared)
require_printed("${c_prints}" ${WORK}/consumer_in_c_alone)
require_pkg_config(${WORK}/elsewhere/lib)

# What a shared library shows is its interface: neither kernels nor tables.
file(GLOB shared ${WORK}/elsewhere/lib/libtrilane*.so.*.*.*)
if(shared)
  execute_process(COMMAND ${NM} -DC --defined-only ${shared} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  if(NOT symbols MATCHES "trilane::gemm\\(" OR NOT symbols MATCHES " trilane_gemm\n")
    message(FATAL_ERROR "${shared} lacks gemm of C++ or of C:\n${symbols}")
  elseif(symbols MATCHES "xsimd|trilane::(kernels|simd|formats|table|runnable)[^\n]*")
    message(FATAL_ERROR "${shared} shows ${CMAKE_MATCH_0}")
  endif()
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -S ${here}/c_parent -B ${WORK}/c_parent -G ${GENERATOR} -DTRILANE=${SOURCE}
                RESULT_VARIABLE status ERROR_VARIABLE errors OUTPUT_QUIET)
if(status EQUAL 0 OR NOT errors MATCHES "enable CXX")
  message(FATAL_ERROR "a parent project of C alone was configured, or nothing said what it lacks: ${errors}")
endif()
