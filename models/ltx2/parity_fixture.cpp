#include "models/ltx2/parity_fixture.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/round.h>

#include <limits>

#include "engine/base/bounded_json.h"

namespace fantascope::models::ltx2 {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double largest(const at::Tensor& x) { return x.numel() == 0 ? 0.0 : x.abs().max().item<double>(); }

}  // namespace

Result<ParityFixture> ParityFixture::open(const std::string& dir, at::Device device) {
  ParityFixture fixture;
  fixture.device_ = device;
  fixture.dir_ = dir;
  FANTASCOPE_TRY(fixture.request_, read_bounded_json(dir + "/request.json"));
  FANTASCOPE_TRY(fixture.inputs_, SafetensorsFile::open(dir + "/inputs.safetensors"));
  FANTASCOPE_TRY(fixture.expected_, SafetensorsFile::open(dir + "/expected.safetensors"));
  if (!fixture.request_.is_object()) return Error{ErrorCode::kBadFile, "request.json is not a JSON object", dir + "/request.json"};
  return fixture;
}

bool ParityFixture::has(const std::string& name) const { return expected_->find(name) != nullptr || inputs_->find(name) != nullptr; }

at::Tensor ParityFixture::find(const std::string& name) const {
  for (const auto& file : {expected_, inputs_}) {
    if (file->find(name) == nullptr) continue;
    auto tensor = file->read(name);
    if (tensor) return tensor->to(device_);
  }
  return {};
}

double error_ratio(const at::Tensor& ours, const at::Tensor& expected) {
  if (!ours.defined() || ours.sizes() != expected.sizes()) return kInfinity;
  const at::Tensor a = ours.cpu().to(at::kDouble), b = expected.cpu().to(at::kDouble);
  if (!at::isfinite(a).all().item<bool>()) return kInfinity;
  const double scale = largest(b), difference = largest(a - b);
  return scale > 0 ? difference / scale : difference;
}

double relative_l2(const at::Tensor& ours, const at::Tensor& expected) {
  if (!ours.defined() || ours.sizes() != expected.sizes()) return kInfinity;
  const at::Tensor a = ours.cpu().to(at::kDouble), b = expected.cpu().to(at::kDouble);
  if (!at::isfinite(a).all().item<bool>()) return kInfinity;
  const double scale = b.norm().item<double>(), difference = (a - b).norm().item<double>();
  return scale > 0 ? difference / scale : difference;
}

ParityTolerances ParityTolerances::of(DType dtype) {
  ParityTolerances t;
  if (dtype == DType::kFloat32) return t;
  t.rounded = true;
  t.stage = 5e-2;
  t.end_to_end = t.waveform = 1.5e-1;
  t.frame_levels = 8;
  return t;
}

void ParityReport::row(const std::string& stage, double error, double tolerance, const std::string& note) {
  on_row_({stage, error, tolerance, error <= tolerance, note});
}

void ParityReport::compare(const std::string& prefix, const std::string& name, const at::Tensor& ours, double tolerance) {
  const at::Tensor expected = fixture_.find(name);
  if (!expected.defined()) return;
  if (tolerances_.rounded) return row(prefix + name, relative_l2(ours, expected), tolerance, "relative L2");
  row(prefix + name, error_ratio(ours, expected), tolerance);
}

void ParityReport::compare_absolute(const std::string& prefix, const std::string& name, const at::Tensor& ours, double tolerance) {
  const at::Tensor expected = fixture_.find(name);
  if (!expected.defined()) return;
  const bool comparable = ours.defined() && ours.sizes() == expected.sizes();
  row(prefix + name, comparable ? largest(ours.cpu().to(at::kDouble) - expected.cpu().to(at::kDouble)) : kInfinity, tolerance, "absolute");
}

void ParityReport::exact(const std::string& prefix, const std::string& name, const at::Tensor& ours) {
  const at::Tensor expected = fixture_.find(name);
  if (!expected.defined()) return;
  const bool same = ours.defined() && ours.sizes() == expected.sizes() && at::equal(ours.cpu().to(expected.scalar_type()), expected.cpu());
  row(prefix + name, same ? 0.0 : kInfinity, 0.0, "exact");
}

at::Tensor frames_u8(const at::Tensor& decoded_BCTHW) {
  const at::Tensor unit = at::clamp(decoded_BCTHW.to(at::kFloat) / 2 + 0.5, 0, 1);
  return at::round(unit[0] * 255).to(at::kByte).permute({1, 2, 3, 0}).contiguous();
}

void ParityReport::frames(const std::string& prefix, const at::Tensor& decoded_BCTHW) {
  const std::string name = "video.frames_u8";
  const at::Tensor expected = fixture_.find(name);
  if (!expected.defined()) return;
  const at::Tensor ours = decoded_BCTHW.defined() ? frames_u8(decoded_BCTHW) : at::Tensor();
  if (!ours.defined() || ours.sizes() != expected.sizes()) return row(prefix + name, kInfinity, tolerances_.frame_levels, "another shape");
  const at::Tensor difference = (ours.cpu().to(at::kInt) - expected.cpu().to(at::kInt)).abs();
  const double levels = largest(difference);
  const double share = (difference > 0).to(at::kDouble).mean().item<double>();
  if (tolerances_.rounded)
    return row(prefix + name, difference.to(at::kDouble).mean().item<double>(), tolerances_.frame_levels, "mean levels");
  const bool too_many = share >= tolerances_.changed_frames && share > 0;
  row(prefix + name, too_many ? kInfinity : levels, tolerances_.frame_levels, "levels; share changed " + std::to_string(share));
}

}  // namespace fantascope::models::ltx2
