#pragma once
/// Where a layer gets its weights from. A layer asks for its tensors by the published name and the shape that the config implies; the
/// source behind the scope either reads them from checkpoint files (loading is then nothing but this check of names and shapes) or
/// makes and registers fresh ones (training). Layers therefore have one constructor for both, and one forward.
///
///   RmsNorm::RmsNorm(ParameterScope scope, int64_t dim) : weight_(scope.tensor("weight", {dim}, Init::ones())) {}
///
/// Problems are collected in the source instead of thrown: a missing or misshapen tensor gives an undefined tensor and one line in
/// ParameterSource::finish(), so that a user sees every problem of a folder at once.
/// Not thread-safe. The source outlives construction only; tensors are reference-counted.
#include <ATen/core/Tensor.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace fantascope {

/// How a fresh tensor is filled when training starts from nothing. Ignored when loading.
struct Init {
  enum class Kind { kZeros, kOnes, kNormal, kUniform } kind = Kind::kNormal;
  double scale = 0.02;  ///< standard deviation (kNormal) or half width (kUniform)
  static Init zeros() { return {Kind::kZeros, 0}; }
  static Init ones() { return {Kind::kOnes, 0}; }
  static Init normal(double stddev) { return {Kind::kNormal, stddev}; }
  static Init uniform(double half_width) { return {Kind::kUniform, half_width}; }
};

class ParameterSource {
 public:
  virtual ~ParameterSource() = default;
  /// The tensor called `name`, or an undefined tensor after noting the problem.
  virtual at::Tensor get(const std::string& name, at::IntArrayRef shape, Init init) = 0;
  /// As get, for tensors that not every checkpoint has (buffers, optional biases): undefined without a note when absent.
  virtual at::Tensor get_optional(const std::string& name, at::IntArrayRef shape) = 0;
  /// Whether the tensors will never change again: layers may then keep them in another layout.
  virtual bool is_constant() const { return false; }
  /// Success, or one error naming every tensor that was missing or had another shape (first ten spelled out).
  virtual Result<void> finish() const = 0;
};

class ParameterScope {
 public:
  ParameterScope(ParameterSource& source, std::string prefix) : source_(&source), prefix_(std::move(prefix)) {}
  ParameterScope child(std::string_view name) const { return {*source_, prefix_ + std::string(name) + "."}; }
  ParameterScope child(std::string_view name, std::int64_t index) const { return child(std::string(name) + "." + std::to_string(index)); }
  at::Tensor tensor(std::string_view name, at::IntArrayRef shape, Init init) const {
    return source_->get(prefix_ + std::string(name), shape, init);
  }
  at::Tensor optional_tensor(std::string_view name, at::IntArrayRef shape) const {
    return source_->get_optional(prefix_ + std::string(name), shape);
  }
  const std::string& prefix() const { return prefix_; }
  bool is_constant() const { return source_->is_constant(); }

 private:
  ParameterSource* source_;
  std::string prefix_;
};

}  // namespace fantascope
