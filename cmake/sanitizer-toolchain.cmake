# Finds a clang that has libFuzzer and the sanitizers: the newest that links a program with them, or CXX of the environment.
# With the sanitizers it compiles twice as fast as GCC. Where there is none, the preset native-debug takes CMake's own choice of a
# compiler, and the preset fuzz fails. As a script, `cmake -P cmake/sanitizer-toolchain.cmake`, it tells by its status whether
# there is one.

if(NOT CMAKE_CXX_COMPILER)
  set(probe "$ENV{TMPDIR}")
  if(probe STREQUAL "")
    set(probe /tmp)
  endif()
  if(NOT IS_DIRECTORY "${probe}") # file(WRITE) would make it
    message(FATAL_ERROR "TMPDIR is '${probe}', which is not a folder")
  endif()
  set(said "")
  string(RANDOM LENGTH 12 suffix)
  string(APPEND probe /trilane-fuzz-${suffix})
  file(WRITE "${probe}.cpp" "extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n")
  set(names $ENV{CXX} clang++-21 clang++-20 clang++-19 clang++-18 clang++-17 clang++-16)
  if(TRILANE_FUZZ OR CMAKE_SCRIPT_MODE_FILE) # older ones compile the readers of files, but not all tests
    list(APPEND names clang++-15 clang++-14 clang++)
  endif()
  foreach(name IN LISTS names)
    find_program(candidate ${name} NO_CACHE)
    if(candidate)
      execute_process(COMMAND "${candidate}" -fsanitize=fuzzer,address,undefined "${probe}.cpp" -o "${probe}"
                      RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
      if(status EQUAL 0)
        set(CMAKE_CXX_COMPILER ${candidate})
        break()
      endif()
      string(STRIP "${output}" output)
      string(APPEND said "\n${candidate}: ${output}")
    endif()
    unset(candidate)
  endforeach()
  file(REMOVE "${probe}.cpp" "${probe}")
  if(NOT CMAKE_CXX_COMPILER AND (TRILANE_FUZZ OR CMAKE_SCRIPT_MODE_FILE))
    if(said STREQUAL "")
      set(said "there is no clang++ on the PATH")
    endif()
    # A notice first: what a compiler says is not for CMake to wrap.
    message(NOTICE "${said}")
    message(FATAL_ERROR "no clang with libFuzzer; on Debian and Ubuntu it comes with libclang-rt-N-dev of clang-N")
  endif()
endif()
