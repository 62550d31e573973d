#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen queue_screen();

}  // namespace fantascope::ui
