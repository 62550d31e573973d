#include "training/evaluate/internal/forest.h"

#include <algorithm>
#include <cmath>
#include <istream>
#include <numeric>
#include <ostream>
#include <thread>

#include "training/evaluate/internal/random.h"

namespace fantascope::evaluate {

Forest::Tree Forest::grow(const std::vector<Example>& examples, int num_classes, std::uint64_t seed) {
  Random random(seed);
  Tree tree;
  const int num_features = static_cast<int>(examples.front().features.size());
  const int tries = std::max(1, static_cast<int>(1.5 * std::sqrt(static_cast<double>(num_features))));
  std::vector<int> order(examples.size());
  std::iota(order.begin(), order.end(), 0);
  struct Task {
    std::int32_t node;
    int begin, end;
  };
  tree.nodes.emplace_back();
  std::vector<Task> tasks = {{0, 0, static_cast<int>(order.size())}};
  std::vector<int> counts(static_cast<std::size_t>(num_classes)), left_counts(counts.size());
  while (!tasks.empty()) {
    const Task task = tasks.back();
    tasks.pop_back();
    const auto example = [&](int i) -> const Example& { return examples[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]; };
    std::fill(counts.begin(), counts.end(), 0);
    for (int i = task.begin; i < task.end; ++i) ++counts[static_cast<std::size_t>(example(i).label)];
    const int size = task.end - task.begin;
    double best_score = -1;
    int best_feature = -1;
    float best_threshold = 0;
    if (*std::max_element(counts.begin(), counts.end()) < size && size >= 4) {
      for (int k = 0; k < tries; ++k) {
        const int feature = random.below(num_features);
        const auto at = static_cast<std::size_t>(feature);
        float low = example(task.begin).features[at], high = low;
        for (int i = task.begin; i < task.end; ++i)
          low = std::min(low, example(i).features[at]), high = std::max(high, example(i).features[at]);
        if (!(high > low)) continue;
        const float threshold = low + (high - low) * random.uniform();
        std::fill(left_counts.begin(), left_counts.end(), 0);
        int left = 0;
        for (int i = task.begin; i < task.end; ++i) {
          if (example(i).features[at] <= threshold) ++left_counts[static_cast<std::size_t>(example(i).label)], ++left;
        }
        if (left == 0 || left == size) continue;
        double score = 0;  // sum of squared shares, weighted: the Gini criterion
        for (std::size_t c = 0; c < counts.size(); ++c) {
          const double l = left_counts[c], r = counts[c] - left_counts[c];
          score += l * l / left + r * r / (size - left);
        }
        if (score > best_score) best_score = score, best_feature = feature, best_threshold = threshold;
      }
    }
    if (best_feature < 0) {
      tree.nodes[static_cast<std::size_t>(task.node)].left = static_cast<std::int32_t>(tree.shares.size());
      for (const int count : counts) tree.shares.push_back(static_cast<float>(count) / static_cast<float>(size));
      continue;
    }
    const auto middle = std::partition(order.begin() + task.begin, order.begin() + task.end, [&](int i) {
      return examples[static_cast<std::size_t>(i)].features[static_cast<std::size_t>(best_feature)] <= best_threshold;
    });
    const int split = static_cast<int>(middle - order.begin());
    const auto left = static_cast<std::int32_t>(tree.nodes.size());
    tree.nodes[static_cast<std::size_t>(task.node)] = {best_feature, best_threshold, left, left + 1};
    tree.nodes.resize(tree.nodes.size() + 2);
    tasks.push_back({left, task.begin, split});
    tasks.push_back({left + 1, split, task.end});
  }
  return tree;
}

Forest Forest::fit(const std::vector<Example>& examples, int num_classes, int num_trees, std::uint64_t seed, int num_threads) {
  Forest forest;
  forest.num_classes_ = num_classes;
  if (examples.empty()) return forest;
  forest.num_features_ = static_cast<int>(examples.front().features.size());
  std::vector<Tree> trees(static_cast<std::size_t>(num_trees));
  std::vector<std::thread> threads;
  for (int part = 0; part < num_threads; ++part) {
    threads.emplace_back([&, part] {
      for (int i = part; i < num_trees; i += num_threads) {
        trees[static_cast<std::size_t>(i)] = grow(examples, num_classes, seed * 1000003 + static_cast<std::uint64_t>(i));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const Tree& tree : trees) {
    const auto node_offset = static_cast<std::int32_t>(forest.nodes_.size()),
               share_offset = static_cast<std::int32_t>(forest.shares_.size());
    forest.roots_.push_back(node_offset);
    for (Node node : tree.nodes) {
      node.left += node.feature < 0 ? share_offset : node_offset;
      node.right += node.feature < 0 ? 0 : node_offset;
      forest.nodes_.push_back(node);
    }
    forest.shares_.insert(forest.shares_.end(), tree.shares.begin(), tree.shares.end());
  }
  return forest;
}

std::vector<float> Forest::predict(const std::vector<float>& features) const {
  std::vector<float> out(static_cast<std::size_t>(num_classes_), 0.0f);
  for (const std::int32_t root : roots_) {
    const Node* node = &nodes_[static_cast<std::size_t>(root)];
    while (node->feature >= 0) {
      const bool left = features[static_cast<std::size_t>(node->feature)] <= node->threshold;
      node = &nodes_[static_cast<std::size_t>(left ? node->left : node->right)];
    }
    for (std::size_t c = 0; c < out.size(); ++c) out[c] += shares_[static_cast<std::size_t>(node->left) + c];
  }
  for (float& x : out) x /= static_cast<float>(std::max<std::size_t>(1, roots_.size()));
  return out;
}

int Forest::best(const std::vector<float>& features) const {
  const auto shares = predict(features);
  return static_cast<int>(std::max_element(shares.begin(), shares.end()) - shares.begin());
}

namespace {

template <typename T>
void write_vector(std::ostream& out, const std::vector<T>& values) {
  const std::uint64_t count = values.size();
  out.write(reinterpret_cast<const char*>(&count), sizeof count);
  out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T)));
}
template <typename T>
bool read_vector(std::istream& in, std::vector<T>& values) {
  std::uint64_t count = 0;
  if (!in.read(reinterpret_cast<char*>(&count), sizeof count) || count > (1u << 26)) return false;
  values.resize(count);
  return static_cast<bool>(in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(T))));
}

}  // namespace

void Forest::write(std::ostream& out) const {
  out.write(reinterpret_cast<const char*>(&num_classes_), sizeof num_classes_);
  out.write(reinterpret_cast<const char*>(&num_features_), sizeof num_features_);
  write_vector(out, roots_), write_vector(out, nodes_), write_vector(out, shares_);
}

bool Forest::read(std::istream& in) {
  if (!in.read(reinterpret_cast<char*>(&num_classes_), sizeof num_classes_) || num_classes_ < 1 || num_classes_ > 64) return false;
  if (!in.read(reinterpret_cast<char*>(&num_features_), sizeof num_features_)) return false;
  if (!read_vector(in, roots_) || !read_vector(in, nodes_) || !read_vector(in, shares_)) return false;
  const auto count = static_cast<std::int32_t>(nodes_.size()), last = static_cast<std::int32_t>(shares_.size()) - num_classes_;
  for (const std::int32_t root : roots_) {
    if (root < 0 || root >= count) return false;
  }
  for (std::int32_t i = 0; i < count; ++i) {  // children come after their parent, so that every walk ends
    const Node& node = nodes_[static_cast<std::size_t>(i)];
    const bool leaf = node.feature < 0;
    if (leaf && (node.left < 0 || node.left > last)) return false;
    if (!leaf && (node.feature >= num_features_ || node.left <= i || node.right <= i || node.left >= count || node.right >= count))
      return false;
  }
  return true;
}

}  // namespace fantascope::evaluate
