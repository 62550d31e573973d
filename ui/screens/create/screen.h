#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen create_screen();

}  // namespace fantascope::ui
