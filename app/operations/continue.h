#pragma once
/// Clips made from takes: finish a sketch, extend a take from its stored latents, remix it with another prompt, retake a part of it.
///
/// Sketch: `generate --sketch` runs the first steps of the final schedule and shows their denoised estimate; the sampler's state is kept as
/// the take's latents. Finish goes on from that very state: the finished take has the recipe and the bytes of a run in one go.
/// Extend: the take's last latent frames are given, clean, to new ones, with their sound; the result is the whole clip and holds the take's
/// latents bit for bit. Longer additions are made in overlapping windows in one job, to 20 s, 60 s and more.
/// Remix: the take's latents are noised part of the way and sampled again, under another prompt if one is given.
/// Retake: the latent frames that a range of seconds touches are made anew between the others, which keep their bits, and so does the sound
/// outside the range (or all of it). Pictures next to the range may differ a little: the decoder looks at neighbouring latents.
/// All are jobs like any other (queue, worker, checkpoints, reproduce). The parent is kept in the library as lineage and in the recipe as
/// the hash of its latents, of which the new take keeps its own name.
#include <span>
#include <vector>

#include "app/operations/generate.h"
#include "app/operations/queue.h"

namespace fantascope {

/// The request of each action; other fields of GenerateRequest may be set as well (seconds: of the whole clip).
GenerateRequest finish_request(const std::string& take);
GenerateRequest extend_request(const std::string& take, const std::string& prompt);
GenerateRequest remix_request(const std::string& take, const std::string& prompt, double strength);
GenerateRequest retake_request(const std::string& take, const std::string& prompt, double from_s, double to_s);
// generate(context, request) makes them here and now, queue_add(context, request) puts them into the queue.

/// What a retake really makes anew: whole latent frames, as frames of the picture.
struct RetakeRange {
  int first_latent_frame = 0, num_latent_frames = 0;
  int first_frame = 0, last_frame = 0;  ///< counted from 0
  double from_s = 0, to_s = 0;
  bool widened = false;  ///< more than was asked for
  nlohmann::json to_json() const;
};
/// Refuses what cannot be retaken, with the reason; makes nothing.
Result<RetakeRange> retake_range(Studio& studio, const GenerateRequest& request);

std::span<const Operation> continue_operations();

}  // namespace fantascope
