#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen settings_screen();

}  // namespace fantascope::ui
