# Warnings of GCC 12 that are wrong, each switched off for the one file it is given for. scripts/check refuses all others.
function(fantascope_false_warning target file option)
  if(TARGET ${target} AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    get_target_property(folder ${target} SOURCE_DIR)
    set_property(SOURCE ${folder}/${file} TARGET_DIRECTORY ${target} APPEND PROPERTY COMPILE_OPTIONS ${option})
  endif()
endfunction()

# "may be used uninitialized": the text that starts_with() compares was moved out of a Result, where GCC loses sight of its length check.
fantascope_false_warning(fantascope_app_operations internal/accept_jobs.cpp -Wno-maybe-uninitialized)
