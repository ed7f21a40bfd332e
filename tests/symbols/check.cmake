# cmake -DNM=<nm> -DARCH=<name> -DTAG=<xsimd tag> -DOBJECTS=<objects> -P check.cmake
#
# The linker keeps one of several equal inline functions. If that one came from an object compiled for a newer CPU, code
# that never asked for that CPU would run it. So what such an object defines for others must carry its arch in its name.
# And kernels neither print, allocate nor abort: they need nothing but moving memory.
cmake_minimum_required(VERSION 3.25)

set(start "(^|[^A-Za-z0-9])")
set(end "([^A-Za-z0-9]|$)")
set(own "${start}(${ARCH}|${TAG})${end}")
# Then what compilers themselves refer to: position-independent code, WASM's stack, memory and table.
set(allowed "^_?(mem(cpy|set|move)|trilane::runnable_${ARCH}\\(\\)|_GLOBAL_OFFSET_TABLE_|__stack_pointer|__memory_base|__indirect_function_table)$")

# On ARM xsimd keeps functions of vectors in tables: each is an instruction that every 64-bit ARM has, whoever compiles it.
set(harmless "^xsimd::kernel::(wrap|detail)::[a-z0-9_]*\\(__(Float|Int|Uint)[0-9]+x[0-9]+_t")

set(wrong 0)
set(tables 0)
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} -C ${object} OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "[][;]" "_" lines "${lines}")
  string(REPLACE "\n" ";" lines "${lines}")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^[0-9a-f ]* ([A-Za-z]) (.+)$")
      continue()
    endif()
    set(type "${CMAKE_MATCH_1}")
    set(symbol "${CMAKE_MATCH_2}")
    if(type MATCHES "[Uw]" AND NOT symbol MATCHES "${allowed}")
      message(NOTICE "${ARCH}: needs ${symbol}")
      math(EXPR wrong "${wrong} + 1")
    elseif(type MATCHES "[ABCDGIRSTVWiuv]" AND NOT symbol MATCHES "${own}" AND NOT symbol MATCHES "${harmless}")
      message(NOTICE "${ARCH}: defines ${symbol}, which does not say that it is ${ARCH}'s")
      math(EXPR wrong "${wrong} + 1")
    elseif(symbol STREQUAL "trilane::table_${ARCH}")
      math(EXPR tables "${tables} + 1")
    endif()
  endforeach()
endforeach()

if(NOT wrong EQUAL 0)
  message(FATAL_ERROR "${ARCH}: ${wrong} symbols that an arch's object may not have")
elseif(NOT tables EQUAL 1)
  message(FATAL_ERROR "${ARCH}: no trilane::table_${ARCH} among the symbols that ${NM} shows")
endif()
