#include "collision/transforms.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "collision/geometry.h"

namespace rigjit::collision {
namespace {

constexpr const char* kNotFinite = "not-finite";
constexpr const char* kSingular = "singular-transform";
constexpr const char* kRowVectors = "row-vectors";

// Of the product of the columns' lengths.
constexpr double kSingularVolume = 1e-6;
// What products of matrices and their inverses leave in a last row.
constexpr double kLastRowRounding = 1e-6;

Point column(const Affine& affine, std::size_t i) {
  return {affine.linear[i], affine.linear[3 + i], affine.linear[6 + i]};
}

bool is_singular(const Affine& affine) {
  const Point a = unit_vector(column(affine, 0));
  const Point b = unit_vector(column(affine, 1));
  const Point c = unit_vector(column(affine, 2));
  return !(std::abs(dot(cross(a, b), c)) > kSingularVolume);
}

// The same where that is quick to see.
bool is_surely_regular(const Affine& affine) {
  const Point a = column(affine, 0);
  const Point b = column(affine, 1);
  const Point c = column(affine, 2);
  const double volume = dot(cross(a, b), c);
  const double box = dot(a, a) * dot(b, b) * dot(c, c);
  constexpr double kEnough = 4 * kSingularVolume * kSingularVolume;
  return volume * volume > kEnough * box && box > 1e-200 && box < 1e200;
}

bool is_finite(const Affine& affine) {
  double zero = 0;  // or not a number
  for (const double x : affine.linear) zero += 0 * x;
  for (const double x : affine.offset) zero += 0 * x;
  return zero == 0;
}

// "not-finite" or "singular-transform"; null: neither.
const char* problem_of(const Affine& affine) {
  if (!is_finite(affine)) return kNotFinite;
  return !is_surely_regular(affine) && is_singular(affine) ? kSingular : nullptr;
}

}  // namespace

const char* TransformReader::problem(std::size_t frame, std::size_t hull) const {
  double off = 0;
  for (std::size_t i = 12; i < elements_; ++i) {
    const double error = std::abs(element(frame, hull, i) - (i == 15 ? 1 : 0));
    if (!std::isfinite(error)) return kNotFinite;
    off = std::max(off, error);
  }
  const char* problem = problem_of(read(frame, hull));
  // A translation in the last row leaves nothing else to complain of.
  if (off > kLastRowRounding && problem != kNotFinite) return kRowVectors;
  return problem;
}

std::string TransformReader::words(std::string_view code, std::size_t frame,
                                   std::size_t hull) const {
  if (code == kRowVectors) {
    std::string row;
    for (std::size_t i = 12; i < 16; ++i) row += " " + short_number(element(frame, hull, i));
    return "the last row is" + row +
           ", not 0 0 0 1; is this Maya's worldMatrix, for row vectors? transpose it";
  }
  if (code == kSingular) return "the transform is singular: it makes the hull flat";
  for (std::size_t i = 0; i < elements_; ++i) {
    const double x = element(frame, hull, i);
    if (std::isfinite(x)) continue;
    return "row " + std::to_string(i / 4) + ", column " + std::to_string(i % 4) + " is " +
           short_number(x);
  }
  return "it is too large";
}

void check_transforms(const Transforms& transforms, const HullsData& hulls, uint8_t* valid,
                      ErrorList& errors) {
  const TransformReader reader(transforms, hulls.hulls.size());
  for (std::size_t frame = 0; frame < transforms.frames; ++frame) {
    for (std::size_t hull = 0; hull < hulls.hulls.size(); ++hull) {
      const char* problem = reader.problem(frame, hull);
      if (problem == nullptr) continue;
      if (valid != nullptr) {
        valid[frame] = 0;
      } else if (errors.has_room()) {
        const std::string number = std::to_string(transforms.first_frame + frame);
        Error error =
            make_error(problem, "frame " + number + ", hull " + quoted(hulls.names[hull]) + ": " +
                                    reader.words(problem, frame, hull));
        error.path = "transforms[" + number + ", " + std::to_string(hull) + "]";
        errors.add(std::move(error));
      } else {
        errors.count();
      }
    }
  }
}

}  // namespace rigjit::collision
