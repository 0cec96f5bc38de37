# How a plugin is built, in this tree and outside of it. Included by the tree and by find_package(eschool).
#
#   eschool_add_plugin(ID SOURCES ... [LINKS ...] [FOLDER DIR])   DIR/ID.so with plugin.info, web/ and guide.ru.md beside it;
#                                                                DIR is plugins/ID of the build folder
#   eschool_registry_only(VARIABLE INFO)                         the ten-line source of a plugin that is schemas alone:
#     eschool_registry_only(source ${CMAKE_CURRENT_SOURCE_DIR}/plugin.info)
#     eschool_add_plugin(clubs SOURCES ${source})

set_property(GLOBAL PROPERTY eschool_sdk_folder ${CMAKE_CURRENT_LIST_DIR}/..)

# Puts the value of a key of plugin.info into the variable.
function(_eschool_info variable info key)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${info})
  file(READ ${info} text)
  if(NOT text MATCHES "(^|\n)${key}[ \t]+\"?([A-Za-z0-9_.-]+)\"?")
    message(FATAL_ERROR "${info}: no ${key}")
  endif()
  set(${variable} ${CMAKE_MATCH_2} PARENT_SCOPE)
endfunction()

# A plugin exports exactly one symbol and may not have undefined ones: what it needs comes through the ABI.
function(eschool_add_plugin id)
  cmake_parse_arguments(arg "" "FOLDER" "SOURCES;LINKS" ${ARGN})
  get_property(sdk GLOBAL PROPERTY eschool_sdk_folder)
  if(NOT arg_FOLDER)
    set(arg_FOLDER ${CMAKE_BINARY_DIR}/plugins/${id})
  endif()
  _eschool_info(named ${CMAKE_CURRENT_SOURCE_DIR}/plugin.info id)
  if(NOT named STREQUAL id)
    message(FATAL_ERROR "plugin.info names the plugin ${named}, CMakeLists.txt ${id}: the server would refuse it")
  endif()
  add_library(plugin_${id} MODULE ${arg_SOURCES})
  target_compile_features(plugin_${id} PRIVATE cxx_std_20)
  set_target_properties(plugin_${id} PROPERTIES PREFIX "" OUTPUT_NAME ${id} LIBRARY_OUTPUT_DIRECTORY ${arg_FOLDER}
    CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${sdk}/plugin.map)
  target_link_libraries(plugin_${id} PRIVATE eschool::sdk ${arg_LINKS})
  target_link_options(plugin_${id} PRIVATE -Wl,--version-script=${sdk}/plugin.map -Wl,--exclude-libs,ALL)
  if(NOT ESCHOOL_SANITIZE)  # a sanitizer's own symbols come from the executable
    target_link_options(plugin_${id} PRIVATE -Wl,-z,defs)
  endif()
  file(GLOB beside RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS plugin.info guide.ru.md web/*)
  foreach(file IN LISTS beside)
    configure_file(${CMAKE_CURRENT_SOURCE_DIR}/${file} ${arg_FOLDER}/${file} COPYONLY)
  endforeach()
endfunction()

function(eschool_registry_only source_variable info)
  get_property(sdk GLOBAL PROPERTY eschool_sdk_folder)
  _eschool_info(ESCHOOL_PLUGIN_ID ${info} id)
  _eschool_info(ESCHOOL_PLUGIN_VERSION ${info} version)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${ESCHOOL_PLUGIN_ID}_registry_only.cpp)
  configure_file(${sdk}/plugin_registry_only.cpp.in ${source} @ONLY)
  set(${source_variable} ${source} PARENT_SCOPE)
endfunction()
