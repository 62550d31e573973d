# LibTorch out of the PyPI wheel (decision D1), as unpacked by scripts/setup: target fantascope::torch.
# Links libtorch_cpu and libc10 only. The wheel's own libgomp is linked so that exactly one OpenMP runtime is ever mapped.
set(_root ${FANTASCOPE_DEPS_DIR}/libtorch)
if(NOT EXISTS ${_root}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "LibTorch is not in ${_root}. Run scripts/setup first; it fetches and unpacks the pinned wheel.")
endif()
add_library(fantascope_c10 SHARED IMPORTED)
set_target_properties(fantascope_c10 PROPERTIES IMPORTED_LOCATION ${_root}/lib/libc10.so)
add_library(fantascope_torch_cpu SHARED IMPORTED)
set_target_properties(fantascope_torch_cpu PROPERTIES IMPORTED_LOCATION ${_root}/lib/libtorch_cpu.so)
add_library(fantascope_torch INTERFACE)
add_library(fantascope::torch ALIAS fantascope_torch)
target_include_directories(fantascope_torch SYSTEM INTERFACE ${_root}/include ${_root}/include/torch/csrc/api/include)
target_link_libraries(fantascope_torch INTERFACE fantascope_torch_cpu fantascope_c10 ${_root}/lib/libgomp.so.1 Threads::Threads)
# The operators of at::Tensor (ATen/TensorOperators.h) then pull in one header each and not all of ATen/Functions.h.
target_compile_definitions(fantascope_torch INTERFACE AT_PER_OPERATOR_HEADERS)
# libtorch_cpu needs two small CUDA runtime libraries that lie beside it.
target_link_options(fantascope_torch INTERFACE -Wl,-rpath-link,${_root}/lib -Wl,-rpath,${_root}/lib -Wl,--no-as-needed)
# The CUDA half of the wheel registers itself when it is loaded; nothing here calls it by name. scripts/setup --cuda unpacks it.
if(FANTASCOPE_WITH_CUDA)
  if(EXISTS ${_root}/lib/libtorch_cuda.so)
    target_link_libraries(fantascope_torch INTERFACE ${_root}/lib/libtorch_cuda.so ${_root}/lib/libc10_cuda.so)
    target_link_options(fantascope_torch INTERFACE -Wl,-rpath-link,${_root}/cuda -Wl,-rpath,${_root}/cuda)
  else()
    message(WARNING "LibTorch's CUDA half is not in ${_root}: kernels are compiled, but programs compute on the CPU only. Run scripts/setup --cuda.")
  endif()
endif()
set(FantascopeTorch_FOUND TRUE)
