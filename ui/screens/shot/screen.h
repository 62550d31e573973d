#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen shot_screen();

}  // namespace fantascope::ui
