# find_package(trilane) for consumers: the core library and its headers; it needs nothing but threads.

if(NOT TRILANE_TEST_FAULT STREQUAL "")
  install(CODE "message(FATAL_ERROR \"TRILANE_TEST_FAULT=${TRILANE_TEST_FAULT}: a build that is faulty on purpose is not installed\")")
  return()
endif()

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS trilane_core EXPORT trilane ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/src/include/trilane DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h" PATTERN "conversion.hpp" EXCLUDE PATTERN "safetensors.hpp" EXCLUDE)
install(FILES ${PROJECT_BINARY_DIR}/generated/include/trilane/version.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/trilane)
install(EXPORT trilane NAMESPACE trilane:: FILE trilane-targets.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/trilane)
file(
  CONFIGURE
  OUTPUT ${PROJECT_BINARY_DIR}/trilane-config.cmake
  CONTENT
    "include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(\${CMAKE_CURRENT_LIST_DIR}/trilane-targets.cmake)
"
  @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/trilane-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/trilane-config.cmake ${PROJECT_BINARY_DIR}/trilane-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/trilane)
