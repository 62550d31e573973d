# The C2PA library out of the PyPI wheel (decision D9), as unpacked by scripts/setup: target c2pa::c2pa. It has no header; ours is
# app/provenance/internal/c2pa.h. It has no SONAME either: without IMPORTED_NO_SONAME programs would look for it under a build path.
include(FindPackageHandleStandardArgs)
find_library(C2pa_LIBRARY c2pa_c PATHS ${FANTASCOPE_DEPS_DIR}/c2pa/lib NO_DEFAULT_PATH)
find_package_handle_standard_args(C2pa REQUIRED_VARS C2pa_LIBRARY REASON_FAILURE_MESSAGE "run scripts/setup first: it fetches and unpacks the pinned wheel")
if(C2pa_FOUND AND NOT TARGET c2pa::c2pa)
  add_library(c2pa::c2pa SHARED IMPORTED GLOBAL)
  set_target_properties(c2pa::c2pa PROPERTIES IMPORTED_LOCATION ${C2pa_LIBRARY} IMPORTED_NO_SONAME TRUE)
endif()
mark_as_advanced(C2pa_LIBRARY)
