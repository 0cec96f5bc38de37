# One function for each kind of target, so that a folder's CMakeLists.txt is a list of sources and libraries.
#
#   eschool_module(NAME SOURCES ... LINKS ... PRIVATE_LINKS ...)   static library eschool::NAME, headers as <NAME/...>
#   eschool_kernel(NAME SOURCES ... LINKS ... PRIVATE_LINKS ...)   the same for kernel/NAME, headers as <kernel/NAME/...>
#   eschool_plugin(ID SOURCES ... LINKS ...)                       ID.so beside its plugin.info
#   eschool_test(NAME SOURCES ... LINKS ...)                       a doctest program run by CTest
#   eschool_test_on_postgresql(NAME)                               and run once more on the other engine

function(_eschool_library target)
  cmake_parse_arguments(arg "" "INCLUDE" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_include_directories(${target} PUBLIC ${arg_INCLUDE})
    target_link_libraries(${target} PUBLIC ${arg_LINKS} PRIVATE ${arg_PRIVATE_LINKS} eschool_warnings)
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${arg_INCLUDE})
    target_link_libraries(${target} INTERFACE ${arg_LINKS})
  endif()
endfunction()

function(eschool_module name)
  _eschool_library(eschool_${name} INCLUDE ${PROJECT_SOURCE_DIR}/modules ${ARGN})
  add_library(eschool::${name} ALIAS eschool_${name})
endfunction()

function(eschool_kernel name)
  _eschool_library(eschool_kernel_${name} INCLUDE ${PROJECT_SOURCE_DIR} ${ARGN})
  add_library(eschool::kernel::${name} ALIAS eschool_kernel_${name})
endfunction()

function(eschool_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/unit/main.cpp)
  target_link_libraries(test_${name} PRIVATE ${arg_LINKS} eschool_warnings)
  target_compile_definitions(test_${name} PRIVATE ESCHOOL_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    ESCHOOL_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND test_${name})
endfunction()

# The same program once more, its databases on PostgreSQL: see tests/engine.
function(eschool_test_on_postgresql name)
  add_test(NAME ${name}_postgresql COMMAND test_${name})
  set_tests_properties(${name}_postgresql PROPERTIES ENVIRONMENT ESCHOOL_TEST_ENGINE=postgresql)
endfunction()

# A plugin exports exactly one symbol and may not have undefined ones: what it needs comes through the ABI.
function(eschool_plugin id)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(plugin_${id} MODULE ${arg_SOURCES})
  set_target_properties(plugin_${id} PROPERTIES PREFIX "" OUTPUT_NAME ${id}
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins/${id}
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/modules/sdk/plugin.map)
  target_link_libraries(plugin_${id} PRIVATE eschool::sdk ${arg_LINKS} eschool_warnings)
  target_link_options(plugin_${id} PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/modules/sdk/plugin.map
    -Wl,--exclude-libs,ALL)
  if(NOT ESCHOOL_SANITIZE)  # a sanitizer's own symbols come from the executable
    target_link_options(plugin_${id} PRIVATE -Wl,-z,defs)
  endif()
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/plugin.info ${PROJECT_BINARY_DIR}/plugins/${id}/plugin.info COPYONLY)
endfunction()
