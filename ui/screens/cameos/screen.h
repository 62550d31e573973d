#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen cameos_screen();

}  // namespace fantascope::ui
