// One pair in one frame in double precision, until an answer is certified.
#pragma once

#include <memory>
#include <vector>

#include "collision/hull_data.h"
#include "collision/kernel/kernel.h"

namespace rigjit::collision {

// Belongs to one thread.
class PairSolver {
 public:
  explicit PairSolver(const Kernel& kernel);
  PairSolver(const PairSolver&) = delete;
  PairSolver& operator=(const PairSolver&) = delete;
  ~PairSolver();

  // a and b: bodies of the hulls, in a unit near the larger one's radius. Tries a small polytope,
  // then a large one, then enumeration. False where none has a certain answer.
  bool solve(const HullData& hull_a, const Body& a, const HullData& hull_b, const Body& b,
             Answer& answer);

 private:
  struct Free {
    void operator()(void* memory) const;
  };

  const Kernel& kernel_;
  std::vector<double> vertices_a_;
  std::vector<double> vertices_b_;
  std::unique_ptr<SmallPolytope, Free> small_;
  std::unique_ptr<LargePolytope, Free> large_;  // when first needed
};

}  // namespace rigjit::collision
