#pragma once
/// Where things lie: the user's home folder of this program and the files that come with the program.
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

/// Value of an environment variable, empty if unset. std::getenv in the program, a table in tests.
using ReadEnvironment = std::function<std::string(const char* name)>;

/// The folders under one home. Made on first use, private to the user.
struct Home {
  std::string dir;
  std::string takes() const { return dir + "/takes"; }
  std::string work() const { return dir + "/work"; }
  std::string models() const { return dir + "/models"; }
  std::string keys() const { return dir + "/keys"; }
  std::string exports() const { return dir + "/exports"; }
  std::string references() const { return dir + "/references"; }  ///< frames of takes, made when first used
  std::string settings_file() const { return dir + "/settings.json"; }
};

/// $FANTASCOPE_HOME, else $XDG_DATA_HOME/fantascope, else $HOME/.local/share/fantascope; absolute. Relative values of the XDG variable
/// are ignored, as its specification asks.
Result<Home> find_home(const ReadEnvironment& environment);
/// Makes the home and its folders where they are missing (0700).
Result<void> create_home(const Home& home);

/// Folders with models that come with the program, those that exist: $FANTASCOPE_ASSETS/models alone if the variable is set, else
/// ../../../assets/models and ../share/fantascope/models as seen from the program file.
std::vector<std::string> find_shipped_models(const ReadEnvironment& environment, const std::string& program_file);

}  // namespace fantascope
