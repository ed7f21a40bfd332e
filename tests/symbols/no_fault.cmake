# cmake -DNM=<nm> -DOBJECTS=<objects or a library> -P no_fault.cmake
#
# A build for others has no fault of cmake/TestFault.cmake: not its symbol, not its function.
cmake_minimum_required(VERSION 3.25)

foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} -C ${object} OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  if(NOT lines MATCHES "trilane::gemm")
    message(FATAL_ERROR "${object} has no products: not what to look at")
  elseif(lines MATCHES "test_fault")
    message(FATAL_ERROR "${object} has a test fault")
  endif()
endforeach()
