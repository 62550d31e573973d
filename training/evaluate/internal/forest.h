#pragma once
/// Extremely randomised trees (P. Geurts, D. Ernst, L. Wehenkel, 2006): few settings, no scaling of features, repeatable.
#include <cstdint>
#include <iosfwd>
#include <vector>

namespace fantascope::evaluate {

class Forest {
 public:
  struct Example {
    std::vector<float> features;
    int label = 0;
  };
  static Forest fit(const std::vector<Example>& examples, int num_classes, int num_trees, std::uint64_t seed, int num_threads);
  /// Probability of each class.
  std::vector<float> predict(const std::vector<float>& features) const;
  int best(const std::vector<float>& features) const;
  bool is_fitted() const { return !roots_.empty(); }

  void write(std::ostream& out) const;
  bool read(std::istream& in);  ///< false if the data is damaged

 private:
  struct Node {
    std::int32_t feature = -1;  ///< -1: a leaf
    float threshold = 0;
    std::int32_t left = 0, right = 0;  ///< of a leaf: left is where its class shares begin
  };
  struct Tree {
    std::vector<Node> nodes;
    std::vector<float> shares;
  };
  static Tree grow(const std::vector<Example>& examples, int num_classes, std::uint64_t seed);

  int num_classes_ = 0, num_features_ = 0;
  std::vector<std::int32_t> roots_;
  std::vector<Node> nodes_;
  std::vector<float> shares_;
};

}  // namespace fantascope::evaluate
