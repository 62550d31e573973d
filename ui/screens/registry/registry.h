#pragma once
/// Every screen of this build: the only door into the folders beside this one. The list is made by CMake from their names.
#include <QList>

#include "ui/bridge/screen.h"

namespace fantascope::ui {

QList<Screen> builtin_screens();

}  // namespace fantascope::ui
