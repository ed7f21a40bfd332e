# What others find: find_package(trilane) and pkg-config, for the core library and its headers. It needs nothing but threads,
# and where it is static, the C++ runtime. All of it can be moved to another prefix.

if(NOT TRILANE_TEST_FAULT STREQUAL "")
  install(CODE "message(FATAL_ERROR \"TRILANE_TEST_FAULT=${TRILANE_TEST_FAULT}: a build that is faulty on purpose is not installed\")")
  return()
endif()

include(CMakePackageConfigHelpers)

install(
  TARGETS trilane_core
  EXPORT trilane
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/include/trilane DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h" PATTERN "conversion.hpp" EXCLUDE PATTERN "safetensors.hpp" EXCLUDE)
install(FILES ${PROJECT_BINARY_DIR}/generated/include/trilane/version.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/trilane)

# The C++ runtime by name, for a linker that is not C++'s. The rest of what C++'s adds is added for C as well.
set(cxx_runtime ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
list(FILTER cxx_runtime INCLUDE REGEX "c\\+\\+|^m$")
list(REMOVE_DUPLICATES cxx_runtime)
get_target_property(type trilane_core TYPE)
if(type STREQUAL SHARED_LIBRARY)
  set(cxx_runtime "") # the shared library brings it
endif()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/trilane)
install(EXPORT trilane NAMESPACE trilane:: FILE trilane-targets.cmake DESTINATION ${package_dir})
file(
  CONFIGURE
  OUTPUT ${PROJECT_BINARY_DIR}/trilane-config.cmake
  CONTENT
    "include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(\${CMAKE_CURRENT_LIST_DIR}/trilane-targets.cmake)
# A project of C alone links without the C++ runtime.
get_property(trilane_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if(NOT CXX IN_LIST trilane_languages)
  set_property(TARGET trilane::trilane APPEND PROPERTY INTERFACE_LINK_LIBRARIES \"@cxx_runtime@\")
endif()
unset(trilane_languages)
"
  @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/trilane-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/trilane-config.cmake ${PROJECT_BINARY_DIR}/trilane-config-version.cmake
        DESTINATION ${package_dir})

# pkg-config. Folders that are given as absolute paths stay what they are, and so does a prefix above such a one.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(prefix "${CMAKE_INSTALL_PREFIX}")
else()
  file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  string(REGEX REPLACE "/$" "" prefix "\${pcfiledir}/${up}")
endif()
set(in_prefix "\${prefix}")
cmake_path(APPEND in_prefix "${CMAKE_INSTALL_LIBDIR}" OUTPUT_VARIABLE libdir)
cmake_path(APPEND in_prefix "${CMAKE_INSTALL_INCLUDEDIR}" OUTPUT_VARIABLE includedir)
list(TRANSFORM cxx_runtime PREPEND " -l" OUTPUT_VARIABLE libs)
list(JOIN libs "" libs)
set(definitions "")
if(type STREQUAL SHARED_LIBRARY)
  set(definitions " -DTRILANE_SHARED")
elseif(NOT EMSCRIPTEN)
  string(PREPEND libs " -pthread")
endif()
file(
  GENERATE
  OUTPUT ${PROJECT_BINARY_DIR}/pkgconfig/$<CONFIG>/trilane.pc
  CONTENT
    "prefix=${prefix}
libdir=${libdir}
includedir=${includedir}

Name: trilane
Description: ${PROJECT_DESCRIPTION}
Version: ${PROJECT_VERSION}
Libs: -L\${libdir} -l$<TARGET_FILE_BASE_NAME:trilane_core>${libs}
Cflags: -I\${includedir}${definitions}
")
install(FILES ${PROJECT_BINARY_DIR}/pkgconfig/$<CONFIG>/trilane.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
