# cmake -DBUILD=<build tree> -DCONFIG=<configuration> -DWORK=<scratch folder> -DGENERATOR=<name> -DCOMPILER=<path> -P run.cmake
#
# Installs the build tree and builds and runs the consumer against what was installed.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK})
foreach(step
        "--install;${BUILD};--prefix;${WORK}/prefix;--config;${CONFIG}"
        "-S;${CMAKE_CURRENT_LIST_DIR};-B;${WORK}/build;-G;${GENERATOR};-DCMAKE_CXX_COMPILER=${COMPILER};-DCMAKE_BUILD_TYPE=${CONFIG};-DCMAKE_PREFIX_PATH=${WORK}/prefix;-DCMAKE_RUNTIME_OUTPUT_DIRECTORY=${WORK}/$<0:>"
        "--build;${WORK}/build;--config;${CONFIG}")
  execute_process(COMMAND ${CMAKE_COMMAND} ${step} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
# The mean is 23/12: only weights beyond half of it are not 0. q = 42 85 127, a = 127/3: 0 and 85 times 23/12 · 3/127.
execute_process(COMMAND ${WORK}/consumer OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL "1.91667 1.91667 -1.91667 -1.91667 0 1.91667 times 1 2 3: 0 3.84843\n")
  message(FATAL_ERROR "the consumer printed: ${printed}")
endif()
# Codes 1 0 1 -1 and 0 1 -1 0 at a scale of 33/64; q = 32 -64 95 127, a = 127/4: 0 and -159 of 1/a.
execute_process(COMMAND ${WORK}/consumer_in_c OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
if(NOT printed STREQUAL "0 -2.58219\n")
  message(FATAL_ERROR "the consumer in C printed: ${printed}")
endif()
