# The window's program, in two halves (docs/decisions/0007): fantascope-studio links Qt only and shows a window at once;
# libfantascope_desktop_engine.so holds operations, library and LibTorch, and is loaded behind the first frame. Included by ui/CMakeLists.txt,
# because it needs what stands in ui/.
set(_main ${CMAKE_SOURCE_DIR}/app/main)
fantascope_embed_translations()
add_executable(fantascope-studio ${_main}/desktop.cpp ${_main}/wait_policy.cpp ${_main}/window_checks.cpp ${_main}/stall_watch.cpp ${_main}/frame_watch.cpp)
target_include_directories(fantascope-studio PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(fantascope-studio PRIVATE fantascope_ui_shell fantascope_ui_screens_registry fantascope_app_settings Qt6::Quick Qt6::QuickControls2 Qt6::Svg
  ${CMAKE_DL_LIBS} Threads::Threads)
set_target_properties(fantascope-studio PROPERTIES AUTOMOC ON)
fantascope_embed_ui(fantascope-studio)
fantascope_compile_qml(fantascope-studio)
# Beside the engine's half a small one that lists the library: SQLite and no LibTorch, so that takes are seen while that loads.
add_library(fantascope_desktop_shelf MODULE ${_main}/desktop_shelf.cpp)
target_include_directories(fantascope_desktop_shelf PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(fantascope_desktop_shelf PRIVATE fantascope_app_library fantascope_app_settings fantascope_engine_base Threads::Threads)
target_link_options(fantascope_desktop_shelf PRIVATE -Wl,--exclude-libs,ALL -Wl,--no-undefined)
set_target_properties(fantascope_desktop_shelf PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
add_dependencies(fantascope-studio fantascope_desktop_shelf)
if(TARGET fantascope_models_registry)
  add_library(fantascope_desktop_engine MODULE ${_main}/desktop_engine.cpp)
  target_include_directories(fantascope_desktop_engine PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(fantascope_desktop_engine PRIVATE fantascope_app_operations fantascope_app_media fantascope_models_registry fantascope_engine_base)
  target_link_options(fantascope_desktop_engine PRIVATE -Wl,--exclude-libs,ALL -Wl,--no-undefined)
  set_target_properties(fantascope_desktop_engine PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
  add_dependencies(fantascope-studio fantascope_desktop_engine)
endif()
