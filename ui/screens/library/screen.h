#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen library_screen();

}  // namespace fantascope::ui
