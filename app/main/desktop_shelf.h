#pragma once
/// The library's half of the desktop program, read only: lists of takes and their rows, long before LibTorch is loaded. A library of its
/// own (fantascope_desktop_shelf) that needs SQLite alone. It answers kShelfQuestions and nothing else, until the engine's half is there.
#include <string>

#include "ui/bridge/backend.h"

namespace fantascope {

inline constexpr const char* kShelfQuestions[] = {"view takes", "view rows"};

}  // namespace fantascope

extern "C" {
/// Opens the library under `home_dir`. A null pointer if there is none yet, or none that can be read without changing it (an older schema):
/// then everything waits for the engine's half. The caller deletes the backend.
fantascope::ui::Backend* fantascope_open_shelf(const std::string& home_dir);
using FantascopeOpenShelf = decltype(&fantascope_open_shelf);
}
