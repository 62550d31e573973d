# cmake -D ROOT=… -D LIST=… -D OUT=… -D FLAGS=… -P write_build_id.cmake
# Writes a header with a short hash over the sources that decide the bytes of a clip (names and contents) and the compiler with its flags.
# LIST is a file with one path a line, relative to ROOT. The header is only touched when the hash changes.
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${LIST} files)
list(SORT files)
set(lines "${FLAGS}\n")
foreach(file IN LISTS files)
  file(SHA256 ${ROOT}/${file} hash)
  string(APPEND lines "${hash}  ${file}\n")
endforeach()
string(SHA256 id "${lines}")
string(SUBSTRING ${id} 0 12 id)
file(CONFIGURE OUTPUT ${OUT} CONTENT "#pragma once\n#define FANTASCOPE_BUILD_ID \"@id@\"\n" @ONLY)
