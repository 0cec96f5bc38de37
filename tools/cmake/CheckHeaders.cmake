# check-headers compiles each header of the tree as a translation unit of its own.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/kernel/*.hpp ${PROJECT_SOURCE_DIR}/modules/*.hpp ${PROJECT_SOURCE_DIR}/modules/*.h
  ${PROJECT_SOURCE_DIR}/plugins/*.hpp)
set(units)
foreach(header IN LISTS headers)
  file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${header})
  set(unit ${PROJECT_BINARY_DIR}/check-headers/${name}.cpp)
  if(NOT EXISTS ${unit})
    file(WRITE ${unit} "#include \"${header}\"\n")
  endif()
  list(APPEND units ${unit})
endforeach()
if(units)
  add_library(check-headers OBJECT EXCLUDE_FROM_ALL ${units})
  target_include_directories(check-headers PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/modules
    ${PROJECT_SOURCE_DIR}/modules/sdk/include ${PROJECT_SOURCE_DIR}/plugins)
  target_link_libraries(check-headers PRIVATE Boost::headers fmt::fmt soci PkgConfig::sqlite3 PkgConfig::libpq PkgConfig::sodium
    ICU::uc OpenSSL::SSL eschool_warnings)
  # A header's inline functions are not used in its own unit.
  target_compile_options(check-headers PRIVATE -Wno-unused-function -Wno-unused-variable)
endif()
