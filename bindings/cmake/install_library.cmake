# What `cmake --install` lays down: library, headers and the package that find_package(rigjit) finds.
include(CMakePackageConfigHelpers)
set(RIGJIT_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/rigjit)

install(TARGETS rigjit EXPORT rigjitTargets COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_COMPONENT development)
if(NOT RIGJIT_COLLISION)
  set(RIGJIT_NOT_INSTALLED PATTERN collision.h EXCLUDE)
endif()
install(DIRECTORY
  ${PROJECT_SOURCE_DIR}/engine/include/rigjit
  ${PROJECT_SOURCE_DIR}/frontend/include/rigjit
  ${PROJECT_SOURCE_DIR}/bindings/library/include/rigjit
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN "*.h" ${RIGJIT_NOT_INSTALLED})
install(EXPORT rigjitTargets NAMESPACE rigjit:: DESTINATION ${RIGJIT_PACKAGE_DIR}
  COMPONENT development)

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/bindings/cmake/rigjitConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/rigjitConfig.cmake
  INSTALL_DESTINATION ${RIGJIT_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/rigjitConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/rigjitConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/rigjitConfigVersion.cmake
  DESTINATION ${RIGJIT_PACKAGE_DIR} COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/bindings/notices/THIRD_PARTY_NOTICES.txt
  DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/rigjit COMPONENT development)
