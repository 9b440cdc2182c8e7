// One pair in one frame in double precision: apart or overlapping.
#pragma once

#include "collision/kernel/apart.h"
#include "collision/kernel/polytope.h"

namespace rigjit::collision::RIGJIT_COLLISION_LEVEL {

template <class Memory>
inline bool solve_with(const Body& a, const Body& b, double tolerance, const Workspace& workspace,
                       Memory& memory, Answer& answer) {
  const V3 apart{b.centre[0] - a.centre[0], b.centre[1] - a.centre[1], b.centre[2] - a.centre[2]};
  const Pair pair{place(a, {0, 0, 0}, workspace.a), place(b, apart, workspace.b),
                  a.radius + b.radius};
  const double gap = tolerance * pair.size;
  Polytope<Memory> polytope(pair, memory);
  if (!polytope.begin(dot(apart, apart) > 0 ? apart : V3{1, 0, 0})) return false;
  for (int step = 0; step < Memory::kMaxPoints; ++step) {
    const int lowest = polytope.lowest();
    const auto [normal, offset] = polytope.face(lowest);
    const Pole pole = pair.furthest_along(normal);
    const double height = dot(normal, pole.p);
    if (height < 0) return solve_apart(pair, normal, -height, gap, answer);
    if (height - offset <= gap) {
      polytope.write(lowest, height, gap, answer);
      return polytope.is_closed();
    }
    if (!polytope.expand(pole)) return false;
  }
  return false;
}

inline bool solve(const Body& a, const Body& b, double tolerance, const Workspace& workspace,
                  Answer& answer) {
  return solve_with(a, b, tolerance, workspace, *workspace.small_polytope, answer);
}

inline bool solve_large(const Body& a, const Body& b, double tolerance, const Workspace& workspace,
                        LargePolytope& polytope, Answer& answer) {
  return solve_with(a, b, tolerance, workspace, polytope, answer);
}

}  // namespace rigjit::collision::RIGJIT_COLLISION_LEVEL
