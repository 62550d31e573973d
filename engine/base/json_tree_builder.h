#pragma once
/// Builds a nlohmann document from SAX events within limits: nesting, number of values, no duplicate keys. Used by parse_bounded_json, and
/// by readers that take some parts of a document as a stream and the rest as a tree. After an event that returned false, problem() says
/// why.
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace fantascope {

class JsonTreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  JsonTreeBuilder(int max_depth, std::size_t max_values) : max_depth_(max_depth), max_values_(max_values) {}

  bool null() { return put(nullptr) != nullptr; }
  bool boolean(bool value) { return put(value) != nullptr; }
  bool number_integer(number_integer_t value) { return put(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) { return put(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) { return put(value) != nullptr; }
  bool string(string_t& value) { return put(std::move(value)) != nullptr; }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(nlohmann::json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(nlohmann::json::array()); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    const auto [place, fresh] = stack_.back()->get_ref<nlohmann::json::object_t&>().emplace(name, nullptr);
    if (!fresh) return refuse("duplicate key \"" + name.substr(0, 200) + "\"");
    slot_ = &place->second;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    return refuse("not valid JSON at byte " + std::to_string(position));
  }

  const std::string& problem() const { return problem_; }
  nlohmann::json take() { return std::move(root_); }

 private:
  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  nlohmann::json* put(nlohmann::json value) {
    if (++num_values_ > max_values_) {
      problem_ = "more than " + std::to_string(max_values_) + " values";
      return nullptr;
    }
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (stack_.back()->is_array()) {
      stack_.back()->push_back(std::move(value));
      return &stack_.back()->back();
    }
    *slot_ = std::move(value);
    return slot_;
  }
  bool open(nlohmann::json container) {
    if (static_cast<int>(stack_.size()) >= max_depth_) return refuse("nested deeper than " + std::to_string(max_depth_));
    auto* place = put(std::move(container));
    if (place == nullptr) return false;
    stack_.push_back(place);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  int max_depth_;
  std::size_t max_values_, num_values_ = 0;
  nlohmann::json root_;
  nlohmann::json* slot_ = nullptr;
  std::vector<nlohmann::json*> stack_;  // only the innermost container grows, so the pointers stay good
  std::string problem_;
};

}  // namespace fantascope
