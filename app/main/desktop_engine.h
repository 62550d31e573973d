#pragma once
/// The engine's half of the desktop program: a library of its own (fantascope_desktop_engine), loaded by fantascope-studio on a thread
/// after the first frame, because loading LibTorch takes longer than showing a window. Only this function is found by name.
#include <string>

#include "ui/bridge/backend.h"

namespace fantascope {

struct DesktopEngineOptions {
  std::string program_file;  ///< for what is shipped beside it
};

}  // namespace fantascope

extern "C" {
/// Opens the studio and starts its worker. The listener is borrowed and outlives the backend. On failure a null pointer, and the reason in
/// `error`. The caller deletes the backend, which puts a running job back into the queue at its next step boundary.
fantascope::ui::Backend* fantascope_open_engine(const fantascope::DesktopEngineOptions& options, fantascope::ui::BackendListener& listener,
                                                std::string& error);
using FantascopeOpenEngine = decltype(&fantascope_open_engine);
}
