// Distances and contacts of hulls that come with their faces, so that a machine without qhull can
// answer. Numbers of test_aarch64.py on standard input; distances, then contacts, on the other.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "collision/convex_hull.h"
#include "rigjit/collision.h"

namespace {

using namespace rigjit;
using namespace rigjit::collision;

template <typename T>
std::vector<T> read(std::size_t count) {
  std::vector<T> items(count);
  if (std::fread(items.data(), sizeof(T), count, stdin) != count) std::abort();
  return items;
}

std::size_t read_count() { return static_cast<std::size_t>(read<int32_t>(1)[0]); }

template <typename Answer>
Answer value_of(Result<Answer> result) {
  if (!result) {
    std::fputs(to_string(result.errors()).c_str(), stderr);
    std::exit(1);
  }
  return std::move(result).value();
}

std::vector<std::vector<Triangle>> faces_to_come;

}  // namespace

// In qhull's place.
std::variant<ConvexHull, std::string> rigjit::collision::convex_hull(
    const std::vector<Point>& points) {
  ConvexHull hull;
  for (std::size_t i = 0; i < points.size(); ++i) hull.vertices.push_back(static_cast<int32_t>(i));
  hull.faces = std::move(faces_to_come.front());
  faces_to_come.erase(faces_to_come.begin());
  return hull;
}

int main() {
  const std::size_t hull_count = read_count();
  std::vector<std::vector<double>> points;
  std::vector<NamedPoints> clouds;
  for (std::size_t i = 0; i < hull_count; ++i) {
    const std::size_t vertex_count = read_count();
    const std::size_t face_count = read_count();
    points.push_back(read<double>(3 * vertex_count));
    clouds.push_back({std::to_string(i), points.back().data(), vertex_count});
    faces_to_come.push_back(read<Triangle>(face_count));
  }
  const Hulls hulls = value_of(Hulls::make(clouds));
  Transforms transforms;
  transforms.frames = read_count();
  transforms.rows = 3;
  const std::vector<double> matrices = read<double>(transforms.frames * hull_count * 12);
  transforms.doubles = matrices.data();
  const std::size_t pair_count = read_count();
  const std::vector<Pair> pairs = read<Pair>(pair_count);
  std::vector<float> distances(transforms.frames * pair_count);
  const Status status =
      hulls.signed_distance(transforms, pairs.data(), pair_count, {}, distances.data());
  if (!status) return std::fputs(to_string(status.errors()).c_str(), stderr), 1;
  std::fwrite(distances.data(), sizeof(float), distances.size(), stdout);
  ContactOptions options;
  options.max_distance = std::numeric_limits<float>::infinity();
  const ContactList contacts =
      value_of(hulls.contacts(transforms, pairs.data(), pair_count, options));
  std::fwrite(contacts.data(), sizeof(Contact), contacts.size(), stdout);
  return 0;
}
