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
  # A test runs once: optimising it costs more than it saves. What is tested is optimised all the same.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O0>)
  add_test(NAME ${name} COMMAND test_${name})
endfunction()

# The same program once more, its databases on PostgreSQL: see tests/engine.
function(eschool_test_on_postgresql name)
  add_test(NAME ${name}_postgresql COMMAND test_${name})
  set_tests_properties(${name}_postgresql PROPERTIES ENVIRONMENT "ESCHOOL_TEST_ENGINE=postgresql")
endfunction()

# As authors outside of the tree build theirs (modules/sdk/cmake), with our warnings.
function(eschool_plugin id)
  eschool_add_plugin(${id} FOLDER ${PROJECT_BINARY_DIR}/plugins/${id} ${ARGN})
  target_link_libraries(plugin_${id} PRIVATE eschool_warnings)
endfunction()
