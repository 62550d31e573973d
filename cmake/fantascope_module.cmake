# One call a folder: fantascope_add_module(engine/nn HEADERS … SOURCES … DEPENDS … USES …)
#   HEADERS  public headers, a FILE_SET: each is compiled on its own by the target all_verify_interface_header_sets
#   DEPENDS  modules (by path) or library targets that the public headers need
#   USES     the same, needed by the sources only
# Modules are named by their path; the library target is the path with '/' as '_', prefixed fantascope_.
# The DEPENDS/USES table is written to <build>/layers.json for scripts/check_layers.py.
set_property(GLOBAL PROPERTY FANTASCOPE_LAYER_ROWS "")

function(_fantascope_targets out)
  set(result)
  foreach(item IN LISTS ARGN)
    if(item MATCHES "::" OR TARGET ${item})
      list(APPEND result ${item})
    else()
      string(REPLACE "/" "_" target ${item})
      list(APPEND result fantascope_${target})
    endif()
  endforeach()
  set(${out} ${result} PARENT_SCOPE)
endfunction()

function(fantascope_add_module path)
  cmake_parse_arguments(arg "" "" "HEADERS;SOURCES;DEPENDS;USES" ${ARGN})
  string(REPLACE "/" "_" target ${path})
  set(target fantascope_${target})
  _fantascope_targets(depends ${arg_DEPENDS})
  _fantascope_targets(uses ${arg_USES})
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
    target_link_libraries(${target} PUBLIC nlohmann_json::nlohmann_json ${depends} PRIVATE ${uses})
  else()
    add_library(${target} INTERFACE)
    target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR} FILES ${arg_HEADERS})
    target_link_libraries(${target} INTERFACE nlohmann_json::nlohmann_json ${depends})
  endif()
  set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  string(JOIN "\",\"" depends_text ${arg_DEPENDS})
  string(JOIN "\",\"" uses_text ${arg_USES})
  set_property(GLOBAL APPEND PROPERTY FANTASCOPE_LAYER_ROWS
    "{\"path\":\"${path}\",\"depends\":[\"${depends_text}\"],\"uses\":[\"${uses_text}\"]}")
endfunction()

# fantascope_add_test(unit/engine/base SOURCES … USES … [LABELS unit]): one GoogleTest program, its cases found by ctest.
function(fantascope_add_test path)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;USES;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    string(REGEX REPLACE "/.*" "" arg_LABELS ${path})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  string(REPLACE "/" "_" target test_${path})
  _fantascope_targets(uses ${arg_USES})
  add_executable(${target} ${arg_SOURCES})
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${target} PRIVATE FANTASCOPE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${uses} GTest::gmock GTest::gtest_main)
  # A test program's first start reads LibTorch from the disk: on a machine that has just built everything, CMake's own
  # limit of 5 seconds for listing the cases is too short.
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 300 TEST_PREFIX "${path}."
    PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
endfunction()

# Adds each layer folder that this build wants.
function(fantascope_add_layers)
  foreach(layer IN LISTS ARGN)
    if((layer STREQUAL "app" AND NOT FANTASCOPE_WITH_APP) OR (layer STREQUAL "ui" AND NOT FANTASCOPE_BUILD_UI)
       OR (layer STREQUAL "tests" AND NOT FANTASCOPE_BUILD_TESTS) OR NOT EXISTS ${CMAKE_SOURCE_DIR}/${layer}/CMakeLists.txt)
      continue()
    endif()
    add_subdirectory(${layer})
  endforeach()
endfunction()

function(fantascope_write_layer_table)
  get_property(rows GLOBAL PROPERTY FANTASCOPE_LAYER_ROWS)
  string(JOIN ",\n" text ${rows})
  string(REPLACE "[\"\"]" "[]" text "${text}")
  file(WRITE ${CMAKE_BINARY_DIR}/layers.json "[\n${text}\n]\n")
endfunction()
