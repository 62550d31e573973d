#pragma once
/// A parity fixture as its folder holds it (tests/parity/README.md), and the rows that come of comparing with it.
#include <ATen/core/Tensor.h>

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/runtime/model_family.h"
#include "engine/weights/safetensors_file.h"

namespace fantascope::models::ltx2 {

class ParityFixture {
 public:
  static Result<ParityFixture> open(const std::string& dir, at::Device device = at::kCPU);

  const std::string& dir() const { return dir_; }
  std::string model_dir() const { return dir_ + "/model"; }
  const nlohmann::json& request() const { return request_; }
  at::Device device() const { return device_; }
  /// Own memory, on the device; undefined if neither the inputs nor the expected tensors have it.
  at::Tensor find(const std::string& name) const;
  bool has(const std::string& name) const;

 private:
  std::string dir_;
  at::Device device_ = at::kCPU;
  nlohmann::json request_;
  std::shared_ptr<const SafetensorsFile> inputs_, expected_;
};

// All comparisons are made on the CPU.

/// max|ours - expected| / max|expected|; infinite when shapes differ or ours is not finite where the expected value is.
double error_ratio(const at::Tensor& ours, const at::Tensor& expected);

/// |ours - expected| / |expected| over all values; infinite as above.
double relative_l2(const at::Tensor& ours, const at::Tensor& expected);

/// Tolerances of a run. A stage that is fed the fixture's own input has to be nearer than one at the end of the whole chain.
/// In float32 the largest difference counts. With random weights bfloat16 says nothing about single values (the reference differs from
/// itself by up to 0.13 of the largest), so there the relative L2 difference counts, and of frames the mean difference.
struct ParityTolerances {
  bool rounded = false;  ///< a bfloat16 run
  double stage = 2e-5, end_to_end = 5e-5;
  double sigmas = 1e-6, rope = 2e-6, waveform = 1e-4;
  double changed_frames = 1e-3;  ///< share of 8-bit values that may differ by one level
  double frame_levels = 1;       ///< largest difference; mean difference in a rounded run
  static ParityTolerances of(DType dtype);
};

class ParityReport {
 public:
  ParityReport(const ParityFixture& fixture, ParityTolerances tolerances, std::function<void(const ParityRow&)> on_row)
      : fixture_(fixture), tolerances_(tolerances), on_row_(std::move(on_row)) {}

  const ParityTolerances& tolerances() const { return tolerances_; }
  /// A row for the expected tensor `name` under `prefix`, e.g. "stage " or "end to end ". No row if the fixture does not hold it.
  void compare(const std::string& prefix, const std::string& name, const at::Tensor& ours, double tolerance);
  /// Absolute difference instead of relative (rotary tables).
  void compare_absolute(const std::string& prefix, const std::string& name, const at::Tensor& ours, double tolerance);
  /// Whole numbers: any difference fails.
  void exact(const std::string& prefix, const std::string& name, const at::Tensor& ours);
  /// 8-bit frames [F,H,W,3] from decoder output [1,3,F,H,W] in [-1,1].
  void frames(const std::string& prefix, const at::Tensor& decoded_BCTHW);
  void row(const std::string& stage, double error, double tolerance, const std::string& note = {});

 private:
  const ParityFixture& fixture_;
  ParityTolerances tolerances_;
  std::function<void(const ParityRow&)> on_row_;
};

/// [1,3,T,H,W] in [-1,1] -> uint8 [T,H,W,3], as the reference rounds it.
at::Tensor frames_u8(const at::Tensor& decoded_BCTHW);

}  // namespace fantascope::models::ltx2
