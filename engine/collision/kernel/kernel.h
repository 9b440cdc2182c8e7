// What the kernels are given and give: plain memory, since each kernel is compiled for machines of
// its own. A kernel's sources include nothing that has inline functions of the standard library:
// the linker keeps one copy of those, and it might keep the one that only newer processors run.
#pragma once

#include <cstdint>

namespace rigjit::collision {

// Of every kernel: frames that are solved together, each in a lane.
inline constexpr int kMaxLanes = 16;
// Vertices are padded with copies of the first one to a multiple of this.
inline constexpr int kVertexPadding = 16;
// Of what lanes count vertices with: larger hulls are solved in double precision alone.
inline constexpr int32_t kMaxLaneVertices = 65535;

// A hull's vertices about its centre, in the hull's own unit; all x, then all y, then all z.
struct Vertices {
  const float* floats;
  const double* doubles;
  int32_t count;
  int32_t padded;
  float half_box[3];  // not too small
};

// One hull in a block of frames, in each frame's own unit.
struct alignas(64) LaneFrames {
  float linear[9][kMaxLanes];   // rows of the linear part, which takes vertices to the world
  float radius[kMaxLanes];      // of a sphere about the centre that holds the hull
  double centre[3][kMaxLanes];  // in the world
};

// What is asked of one pair in a block of frames.
struct LaneTask {
  uint32_t live;                  // bit i: lane i is wanted
  bool with_points;               // normals and points too
  float max_distance[kMaxLanes];  // in the frame's unit
};

// Of the lanes that were wanted; in the frame's unit.
struct LaneAnswers {
  uint32_t doubtful;            // lanes that have no certificate: to be solved in double precision
  float distance[kMaxLanes];    // infinite beyond max_distance
  float normal[3][kMaxLanes];   // from a to b
  float point_a[3][kMaxLanes];  // relative to a's centre
};

// One hull in one frame.
struct Body {
  const Vertices* vertices;
  double linear[9];
  double centre[3];
  double radius;
};

struct Answer {
  double distance;    // negative: depth
  double normal[3];   // from a to b
  double point_a[3];  // relative to a's centre
  double point_b[3];  // relative to a's centre
};

// What the double-precision solver grows: a polytope inside the Minkowski difference.
template <int kPoints>
struct PolytopeMemory {
  static constexpr int kMaxPoints = kPoints;
  static constexpr int kMaxFaces = 4 * kPoints + 32;
  double normal[3][kMaxFaces];
  double offset[kMaxFaces];
  uint16_t corners[kMaxFaces][3];
  double points[kPoints][3];
  int32_t of_a[kPoints];
  int32_t of_b[kPoints];
  uint32_t edge_stamp[kPoints][kPoints];  // zero at first
  uint32_t stamp;                         // zero at first
  int32_t visible[kMaxFaces];
  uint16_t horizon[kMaxFaces][2];
};
using SmallPolytope = PolytopeMemory<120>;
using LargePolytope = PolytopeMemory<1500>;

// Memory of one thread's solver.
struct Workspace {
  double* a;  // 3 * padded vertices of the larger hull each
  double* b;
  SmallPolytope* small_polytope;
};

struct Kernel {
  const char* name;  // "x86-64-v3"
  int lanes;
  void (*solve_lanes)(const Vertices& a, const Vertices& b, const LaneFrames& frames_a,
                      const LaneFrames& frames_b, const LaneTask& task, LaneAnswers& answers);
  // Whether the answer is certified to `tolerance` times the sum of the radii.
  bool (*solve)(const Body& a, const Body& b, double tolerance, const Workspace& workspace,
                Answer& answer);
  // The same with a polytope that may grow larger.
  bool (*solve_large)(const Body& a, const Body& b, double tolerance, const Workspace& workspace,
                      LargePolytope& polytope, Answer& answer);
};

}  // namespace rigjit::collision
