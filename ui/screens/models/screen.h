#pragma once
#include "ui/bridge/screen.h"

namespace fantascope::ui {

Screen models_screen();

}  // namespace fantascope::ui
