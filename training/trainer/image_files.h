#pragma once
/// Pictures to look at while training runs, as PNG files. No image library: training/ builds without one, and stored (uncompressed) PNG
/// blocks are enough for pictures that are looked at once.
#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "engine/base/result.h"

namespace fantascope::training {

/// [3,H,W] float in [-1,1].
Result<void> write_png(const std::string& path, const at::Tensor& image_3HW);

/// Rows of frames: each clip [F,3,H,W]; shows `columns` frames of each, evenly spread.
at::Tensor contact_sheet(const std::vector<at::Tensor>& clips_F3HW, int columns);

struct Curve {
  std::string name;
  std::vector<double> values;
  float red = 0, green = 0, blue = 0;
};
/// Curves over a common axis on a logarithmic scale, with a grid line at every halving.
at::Tensor plot_curves(const std::vector<Curve>& curves, int width, int height);

}  // namespace fantascope::training
