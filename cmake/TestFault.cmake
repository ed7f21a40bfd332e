# A fault put into the I2_S product on purpose, to test that a gate finds it: never in a build that anyone else gets.
#
#   slow:PERCENT   PERCENT % (0.1 … 100) of the product's work is done a second time; the outputs stay what they are
#   wrong          the first output is one off, on every arch but scalar, which is the reference
#
# src/test_fault.hpp says how. A build with a fault carries the symbol trilane_test_fault, is not installed and not packed.

set(TRILANE_TEST_FAULT "" CACHE STRING "Tests only: a fault in the I2_S product, slow:PERCENT or wrong")

# Adds the fault's definitions to `target`.
function(trilane_add_test_fault target fault)
  if(fault STREQUAL "wrong")
    target_compile_definitions(${target} PRIVATE TRILANE_TEST_FAULT_WRONG)
  elseif(fault MATCHES "^slow:([0-9]+(\\.[0-9])?)$" AND CMAKE_MATCH_1 GREATER 0 AND CMAKE_MATCH_1 LESS_EQUAL 100)
    target_compile_definitions(${target} PRIVATE TRILANE_TEST_FAULT_SLOW=${CMAKE_MATCH_1})
  elseif(NOT fault STREQUAL "")
    message(FATAL_ERROR "TRILANE_TEST_FAULT is '${fault}'; it can be slow:PERCENT, with 0.1 to 100 percent, wrong, or empty")
  endif()
endfunction()

# What web/package/build.ts looks for beside the modules.
set(test_fault_note ${PROJECT_BINARY_DIR}/test-fault.txt)
if(TRILANE_TEST_FAULT STREQUAL "")
  file(REMOVE ${test_fault_note})
else()
  message(WARNING "TRILANE_TEST_FAULT=${TRILANE_TEST_FAULT}: the I2_S product of this build is faulty on purpose")
  file(WRITE ${test_fault_note} "${TRILANE_TEST_FAULT}\n")
endif()
