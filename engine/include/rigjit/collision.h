// Signed distances of convex hulls, for telling whether a character passes through itself: every
// pair of its hulls in every frame of a motion. A distance is positive between hulls that are
// apart, and otherwise minus the depth, the least length of a translation that separates them.
// Lengths have the unit of the points and transforms. Floats are right within 1e-5 of (radius a +
// radius b + |distance|), and their sign is always right; a radius is that of the smallest sphere
// about a hull.
//
// Everything here is immutable once made, and any thread may use it at any time. The library may be
// built without it (RIGJIT_COLLISION=OFF): then nothing of this header is defined.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"

namespace rigjit::collision {

struct HullData;
struct HullsData;

// A point cloud with a name; of `count` points, x, y and z each.
struct NamedPoints {
  std::string name;
  const double* points = nullptr;
  std::size_t count = 0;
};

// The convex hull of a point cloud. A cheap handle.
class RIGJIT_EXPORT Hull {
 public:
  // points: count * 3 numbers. Duplicates and points inside don't matter. `name` is for errors
  // alone. Errors: "too-few-points" below 4, "not-finite", "flat-hull" where all lie within 1e-6 of
  // their size of a plane, "points-too-large" beyond 1e150.
  static Result<Hull> make(const double* points, std::size_t count, const std::string& name = {});

  // Of the points given, those that span the hull, in their order, bit for bit.
  [[nodiscard]] const std::vector<std::array<double, 3>>& vertices() const noexcept;
  // Triangles of vertices, counter-clockwise seen from outside.
  [[nodiscard]] const std::vector<std::array<int32_t, 3>>& faces() const noexcept;
  // The least extent along the normal of a face.
  [[nodiscard]] double thickness() const noexcept;
  // The diagonal of the box around the vertices, along the axes.
  [[nodiscard]] double size() const noexcept;

  [[nodiscard]] const std::shared_ptr<const HullData>& data() const noexcept { return data_; }

 private:
  friend class Hulls;
  explicit Hull(std::shared_ptr<const HullData> data) : data_(std::move(data)) {}

  std::shared_ptr<const HullData> data_;
};

// The signed distance of one pair, in double precision. Poses are null (the points are where they
// are) or `rows` rows of 4 numbers in C order, 3 or 4 with a last row of 0 0 0 1: an invertible
// affine map for column vectors. Errors, of both: "not-finite", "singular-transform",
// "row-vectors"; and "no-answer".
[[nodiscard]] RIGJIT_EXPORT Result<double> signed_distance(const Hull& a, const Hull& b,
                                                           const double* pose_a = nullptr,
                                                           const double* pose_b = nullptr,
                                                           int rows = 4);

// Where the hulls are: frames * hulls matrices in C order, each of `rows` rows of 4 numbers, which
// take column vectors from a hull's space to the world; any invertible affine maps. One of the
// pointers is null. Distances between hulls are taken in double precision, so that a character far
// from the origin loses nothing where the transforms are doubles.
struct Transforms {
  const float* floats = nullptr;
  const double* doubles = nullptr;
  std::size_t frames = 0;
  int rows = 4;  // 3, or 4 with a last row of 0 0 0 1
  // What the first frame is called in errors and contacts, for a motion that comes in parts.
  std::size_t first_frame = 0;
};

// Hulls by their indices.
using Pair = std::array<int32_t, 2>;

struct DistanceOptions {
  // Pairs further apart are not looked at closely: their distance is infinite. May be negative.
  float max_distance = std::numeric_limits<float>::infinity();
  unsigned threads = 1;  // at most; 0: every core that this process may run on
  // Null, or a byte a frame: 1, or 0 where a transform of it is bad or a pair has no answer. Its
  // distances are then NaN and it has no contacts, and that is no error.
  uint8_t* valid = nullptr;
};

struct ContactOptions {
  // Pairs up to this far apart are in contact. The same as above, but for `valid`.
  float max_distance = 0;
  // Depths that are allowed, at least 0: none, one for all, or one a pair. A pair with an allowed
  // depth is in contact only where it overlaps deeper than that by more than the accuracy, 1e-5 of
  // the sum of its radii: what overlaps in the rest pose is not reported again.
  const float* depths = nullptr;
  std::size_t depth_count = 0;
  unsigned threads = 1;
  uint8_t* valid = nullptr;
};

// A pair that touches or nearly touches in a frame. Moving b by some small x changes the distance
// by x . normal.
struct Contact {
  int32_t frame;
  int32_t pair;       // an index into the pairs given
  float distance;     // negative: depth
  float normal[3];    // of unit length, in the world, from a to b
  double point_a[3];  // of a, in the world, nearest to b or deepest in it
  double point_b[3];  // of b: point_a + distance * normal
};
static_assert(sizeof(Contact) == 72, "Python's structured arrays are laid out like it");

// Contacts, ordered by frame and pair.
class RIGJIT_EXPORT ContactList {
 public:
  ContactList() = default;
  // Takes memory of malloc over.
  ContactList(Contact* contacts, std::size_t size) : contacts_(contacts), size_(size) {}

  [[nodiscard]] const Contact* data() const noexcept { return contacts_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const Contact* begin() const noexcept { return data(); }
  [[nodiscard]] const Contact* end() const noexcept { return data() + size_; }
  [[nodiscard]] const Contact& operator[](std::size_t i) const noexcept { return data()[i]; }

 private:
  struct RIGJIT_EXPORT Free {
    void operator()(Contact* contacts) const;
  };

  std::unique_ptr<Contact[], Free> contacts_;
  std::size_t size_ = 0;
};

// A pair that is not worth looking at, and why: "parent and child", "3.2 deep in the rest pose".
struct IgnoredPair {
  Pair pair;
  std::string why;
};

struct PairList {
  std::vector<Pair> pairs;  // ascending
  std::vector<IgnoredPair> ignored;
};

// The hulls of a character, in an order. A cheap handle.
class RIGJIT_EXPORT Hulls {
 public:
  // Errors of every cloud, each with the hull's name, and "duplicate-name", "no-hulls".
  static Result<Hulls> make(const std::vector<NamedPoints>& clouds);
  // Of hulls that are made already. "duplicate-name", "no-hulls".
  static Result<Hulls> of(std::vector<std::pair<std::string, Hull>> hulls);

  // A safetensors file of a tensor a hull: its points, F64 or F32 of shape (k, 3); save() writes
  // vertices as F64. Errors: "unreadable-file", "malformed-file" and those of make().
  static Result<Hulls> load(const std::string& path);
  // In place of what is there, whole. Errors: "unwritable-file", "header-too-large".
  [[nodiscard]] Status save(const std::string& path) const;

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] const std::vector<std::string>& names() const noexcept;
  // i < size()
  [[nodiscard]] const Hull& operator[](std::size_t i) const noexcept;
  // Null where there is none.
  [[nodiscard]] const Hull* find(const std::string& name) const noexcept;

  // All pairs but parents with their children, and but those that overlap in the rest pose or are
  // no more than `slack` apart there. rest: one frame. parents: null, or an index a hull, negative
  // for none. Errors: those of signed_distance, "bad-parent", "bad-slack".
  [[nodiscard]] Result<PairList> pairs(const Transforms& rest, const int32_t* parents = nullptr,
                                       double slack = 0) const;

  // out: frames * pair_count floats, C order. The bits don't depend on threads, on how frames are
  // split into calls or on which of a processor's vector widths is used (plain x86-64, without
  // fused multiply-add, may differ in the last bits). Errors, all of them up to a hundred, before
  // anything is computed: "not-finite", "singular-transform" and "row-vectors" with frame and hull;
  // "bad-pair" (out of range, a hull with itself, twice: a pair is the same either way round);
  // "bad-max-distance". And "no-answer" where neither search nor enumeration could certify a
  // distance.
  [[nodiscard]] Status signed_distance(const Transforms& transforms, const Pair* pairs,
                                       std::size_t pair_count, const DistanceOptions& options,
                                       float* out) const;

  // Errors: the same, and "bad-depth".
  [[nodiscard]] Result<ContactList> contacts(const Transforms& transforms, const Pair* pairs,
                                             std::size_t pair_count,
                                             const ContactOptions& options = {}) const;

 private:
  explicit Hulls(std::shared_ptr<const HullsData> data) : data_(std::move(data)) {}

  std::shared_ptr<const HullsData> data_;
};

}  // namespace rigjit::collision
