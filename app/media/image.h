#pragma once
/// Still pictures: reading foreign ones with care, writing our own, scaling.
#include <string>

#include "engine/base/clip.h"
#include "engine/base/result.h"

namespace fantascope {

/// PNG, JPEG or WebP, told by content, never by name. At most 16384 pixels a side, 100 megapixels, 256 MiB on disk. Transparent pixels
/// are laid on white; a JPEG's EXIF orientation is applied.
Result<RgbImage> load_image(const std::string& path);

/// Bilinear with a support that grows with the reduction, as Pillow's BILINEAR: no aliasing. Sizes are at least 1.
RgbImage resize_image(const RgbImage& image, int width, int height);
/// Scaled to cover width x height, then cut around the middle.
RgbImage fit_image(const RgbImage& image, int width, int height);

/// Frame `index` at 8 bits.
RgbImage frame_image(const VideoFrames& frames, int index);
/// `num_cells` frames, evenly spread from the first to the last, side by side, each cell `cell_height` high. For hover scrubbing.
RgbImage make_filmstrip(const VideoFrames& frames, int num_cells, int cell_height);
/// The same in rows, with thin lines between. For looking at a clip on one page.
RgbImage make_contact_sheet(const VideoFrames& frames, int columns, int rows, int cell_width);

Result<void> write_png(const std::string& path, const RgbImage& image);
Result<void> write_jpeg(const std::string& path, const RgbImage& image, int quality = 88);
Result<void> write_webp(const std::string& path, const RgbImage& image, float quality = 88.0f);

}  // namespace fantascope
