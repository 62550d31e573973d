#pragma once
/// How often clips show what their prompts say: counts with intervals, one row an attribute.
#include <string>
#include <vector>

#include "training/evaluate/detectors.h"

namespace fantascope::evaluate {

/// `hits` of `trials`, with the 95 % interval of Wilson (1927).
struct Proportion {
  int hits = 0, trials = 0;
  void add(bool hit) {
    hits += hit ? 1 : 0;
    ++trials;
  }
  double value() const { return trials == 0 ? 0.0 : static_cast<double>(hits) / trials; }
  double low() const;
  double high() const;
};

/// One column of the report: the clips of one kind against their scenes.
class Score {
 public:
  struct Row {
    std::string attribute;
    Proportion proportion;
  };
  /// `seen` is what the judge says of a clip that was to show `scene`.
  void add(const Attributes& seen, const world::Scene& scene);
  /// Landings seen in one clip that was to show `scene` against the onsets heard in another (or the same): what makes the shuffled floor
  /// of the sync row. Counts nothing if nothing strikes in the scene, no landing that is too close to the end to be heard, and of
  /// a fall only the first: its rebounds are too soft to be told from rain and from the first one's ring.
  void add_sync(const Attributes& seen, const Attributes& heard, const world::Scene& scene, double duration_s);

  std::vector<Row> rows() const;
  double median_offset_ms() const;  ///< 0 if nothing touched the ground
  Proportion within_100_ms() const { return within_; }

 private:
  Proportion colour_, place_, time_, weather_, camera_, shape_, motion_, count_, landing_, within_;
  std::vector<double> offsets_s_;
};

}  // namespace fantascope::evaluate
