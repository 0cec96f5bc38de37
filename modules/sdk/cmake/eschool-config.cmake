# find_package(eschool 1.0): the target eschool::sdk, eschool_add_plugin() and eschool_registry_only().
if(NOT TARGET eschool::sdk)
  add_library(eschool::sdk INTERFACE IMPORTED)
  get_filename_component(_eschool_prefix ${CMAKE_CURRENT_LIST_DIR}/../../.. ABSOLUTE)
  set_target_properties(eschool::sdk PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${_eschool_prefix}/include)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/../../../share/eschool/cmake/eschool-plugin.cmake)
