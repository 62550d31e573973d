#pragma once
/// The two layouts of rotary embeddings (see rope.h). Apart, so that configs can be read without a tensor library.

namespace fantascope {

enum class RopeType {
  kSplit,        ///< pairs element i with i + head_dim/2 of the same head; every head has its own slice of the angles
  kInterleaved,  ///< pairs elements 2i and 2i+1 of the full width
};

}  // namespace fantascope
