set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Warnings belong to our own targets only; eschool_warnings is linked by cmake/Targets.cmake.
add_library(eschool_warnings INTERFACE)
target_compile_options(eschool_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${ESCHOOL_WERROR}>:-Werror>)

if(ESCHOOL_SANITIZE)
  add_compile_options(-fsanitize=${ESCHOOL_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ESCHOOL_SANITIZE})
endif()
