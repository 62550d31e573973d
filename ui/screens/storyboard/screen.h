#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen storyboard_screen();

}  // namespace fantascope::ui
