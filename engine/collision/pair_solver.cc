#include "collision/pair_solver.h"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "collision/enumerate.h"
#include "collision/geometry.h"

namespace rigjit::collision {
namespace {

// Of the sum of the radii: what answers are certified to.
constexpr double kTolerance = 1e-9;

// Between centres, in a unit near the larger radius: squares of more are not finite.
constexpr double kFarthest = 1e140;

// Zeroed, which the system does page by page as they are first used.
template <typename T>
T* zeroed() {
  static_assert(alignof(T) <= alignof(std::max_align_t));
  void* memory = std::calloc(1, sizeof(T));
  if (memory == nullptr) throw std::bad_alloc();
  return static_cast<T*>(memory);
}

}  // namespace

PairSolver::PairSolver(const Kernel& kernel) : kernel_(kernel), small_(zeroed<SmallPolytope>()) {}

PairSolver::~PairSolver() = default;

void PairSolver::Free::operator()(void* memory) const { std::free(memory); }

bool PairSolver::solve(const HullData& hull_a, const Body& a, const HullData& hull_b, const Body& b,
                       Answer& answer) {
  const Point apart{b.centre[0] - a.centre[0], b.centre[1] - a.centre[1],
                    b.centre[2] - a.centre[2]};
  if (!(length(apart) < kFarthest)) return false;
  vertices_a_.resize(hull_a.doubles.size());
  vertices_b_.resize(hull_b.doubles.size());
  const Workspace workspace{vertices_a_.data(), vertices_b_.data(), small_.get()};
  const auto is_answer = [&](bool certified) {
    return certified && std::isfinite(answer.distance);
  };
  if (is_answer(kernel_.solve(a, b, kTolerance, workspace, answer))) return true;
  if (large_ == nullptr) large_.reset(zeroed<LargePolytope>());
  if (is_answer(kernel_.solve_large(a, b, kTolerance, workspace, *large_, answer))) return true;
  return enumerate(hull_a, a, hull_b, b, answer);
}

}  // namespace rigjit::collision
