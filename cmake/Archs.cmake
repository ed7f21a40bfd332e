# The one map from archs to compilers: which exist on which processor, the slowest first, and the flags of each.
#
#   trilane_arch(<name> <xsimd tag, or a question of dispatch.cpp> <flags…>)
#
# src/arch/<name>.cpp is that arch's translation unit. Every list of archs in the code comes from here.

set(TRILANE_ARCHS "")
set(TRILANE_ARCH_LIST "")

macro(trilane_arch name tag)
  list(APPEND TRILANE_ARCHS ${name})
  set(TRILANE_ARCH_FLAGS_${name} ${ARGN})
  string(APPEND TRILANE_ARCH_LIST "TRILANE_ARCH(${name}, ${tag})\n")
endmacro()

# "scalar" means scalar: a reference that the compiler vectorises would hide what SIMD brings.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  set(no_vectors -fno-vectorize -fno-slp-vectorize)
else()
  set(no_vectors -fno-tree-vectorize)
endif()
trilane_arch(scalar ALWAYS ${no_vectors})

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  trilane_arch(ssse3 xsimd::ssse3 -mssse3)
  trilane_arch(avx2 xsimd::avx2 -mavx2)
  trilane_arch(avx512vnni xsimd::avx512vnni<xsimd::avx512bw> -mavx512f -mavx512cd -mavx512dq -mavx512bw -mavx512vl
               -mavx512vnni)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  trilane_arch(neon64 ALWAYS)
  trilane_arch(neon64_dotprod DOTPROD -march=armv8.2-a+dotprod)
elseif(EMSCRIPTEN)
  trilane_arch(simd128 ALWAYS -msimd128)
  # A module with relaxed instructions does not load where they are unknown: it is a second one (trilane_relaxed).
  set(TRILANE_FIRST_ARCHS ${TRILANE_ARCHS})
  set(TRILANE_FIRST_ARCH_LIST "${TRILANE_ARCH_LIST}")
  trilane_arch(relaxed SELF_CHECKED -msimd128 -mrelaxed-simd)
endif()
if(NOT DEFINED TRILANE_FIRST_ARCHS)
  set(TRILANE_FIRST_ARCHS ${TRILANE_ARCHS})
  set(TRILANE_FIRST_ARCH_LIST "${TRILANE_ARCH_LIST}")
endif()

# Adds the archs' translation units to `target`. They are -O3 in every configuration and never instrumented: what a debug or
# sanitizer build would emit beside them (std functions, checks) must not carry wider instructions, and GCC unrolls the
# short loops over a block's vectors, which keep those in registers, from -O3 on. They are compiled here and not at link time,
# where flags of several archs would meet.
function(trilane_add_archs target)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/arch/archs.inc CONTENT "${TRILANE_FIRST_ARCH_LIST}")
  foreach(name IN LISTS TRILANE_ARCHS)
    add_library(trilane_arch_${name} OBJECT ${PROJECT_SOURCE_DIR}/src/arch/${name}.cpp)
    target_include_directories(trilane_arch_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src
                                                            ${PROJECT_SOURCE_DIR}/src/include)
    target_link_libraries(trilane_arch_${name} PRIVATE trilane_xsimd)
    target_compile_features(trilane_arch_${name} PRIVATE cxx_std_20)
    target_compile_options(trilane_arch_${name} PRIVATE ${TRILANE_ARCH_FLAGS_${name}} -O3 -fno-exceptions -fno-lto
                                                        -fno-sanitize=all)
    trilane_ignore_parent(trilane_arch_${name})
    trilane_exact_floats(trilane_arch_${name})
    set_target_properties(trilane_arch_${name} PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
    if(name IN_LIST TRILANE_FIRST_ARCHS)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:trilane_arch_${name}>)
    endif()
  endforeach()
endfunction()

# What makes a program the second module: linked before `target`, its dispatch, which knows all archs, takes the place of
# that library's.
function(trilane_add_second_module target)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/second/arch/archs.inc CONTENT "${TRILANE_ARCH_LIST}")
  add_library(trilane_second_dispatch OBJECT ${PROJECT_SOURCE_DIR}/src/dispatch.cpp)
  trilane_target_defaults(trilane_second_dispatch)
  target_include_directories(trilane_second_dispatch BEFORE PRIVATE ${PROJECT_BINARY_DIR}/generated/second)
  target_include_directories(trilane_second_dispatch PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  target_link_libraries(trilane_second_dispatch PRIVATE trilane_xsimd)
  add_library(trilane_relaxed INTERFACE)
  target_sources(trilane_relaxed INTERFACE $<TARGET_OBJECTS:trilane_second_dispatch>
                                           $<TARGET_OBJECTS:trilane_arch_relaxed>)
endfunction()
