// Files of hulls.
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

#include "base/checksum.h"
#include "base/default_float_env.h"
#include "base/make_error.h"
#include "base/output_file.h"
#include "base/posix_file.h"
#include "collision/error_text.h"
#include "collision/hull_data.h"
#include "collision/hull_header.h"

namespace rigjit::collision {
namespace {

Result<std::vector<uint8_t>> read_file(const std::string& path) {
  const std::expected<UniqueFd, int> fd = open_file(path.c_str());
  if (!fd) return unreadable(path, fd.error());
  const std::expected<struct stat, int> status = status_of(fd->get());
  if (!status) return unreadable(path, status.error());
  if (S_ISDIR(status->st_mode)) return unreadable(path, EISDIR);
  std::vector<uint8_t> bytes(S_ISREG(status->st_mode) ? static_cast<std::size_t>(status->st_size)
                                                      : 0);
  if (const SysStatus read = read_at(fd->get(), bytes, 0); !read) {
    return unreadable(path, read.error());
  }
  return bytes;
}

std::vector<double> points_of(const HullTensor& tensor, const uint8_t* data) {
  std::vector<double> points(3 * tensor.points);
  if (tensor.item_bytes == 8) {
    std::memcpy(points.data(), data + tensor.begin, 8 * points.size());
    return points;
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    float number = 0;
    std::memcpy(&number, data + tensor.begin + 4 * i, sizeof(number));
    points[i] = number;
  }
  return points;
}

}  // namespace

Result<Hulls> Hulls::load(const std::string& path) {
  const DefaultFloatEnv float_env;
  const Result<std::vector<uint8_t>> bytes = read_file(path);
  if (!bytes) return bytes.errors();
  uint64_t json_size = 0;
  if (bytes->size() >= kHullHeaderPrefix) std::memcpy(&json_size, bytes->data(), sizeof(json_size));
  if (bytes->size() < kHullHeaderPrefix || json_size > kMaxHullHeader ||
      json_size > bytes->size() - kHullHeaderPrefix) {
    return in_file(
        {make_error("malformed-file", "it is no safetensors file, or was cut within its header")},
        path);
  }
  const std::string_view json(reinterpret_cast<const char*>(bytes->data()) + kHullHeaderPrefix,
                              json_size);
  const uint64_t data_begin = kHullHeaderPrefix + json_size;
  const Result<std::vector<HullTensor>> tensors =
      parse_hull_header(json, bytes->size() - data_begin);
  if (!tensors) return in_file(tensors.errors(), path);
  std::vector<std::vector<double>> points;
  std::vector<NamedPoints> clouds;
  for (const HullTensor& tensor : *tensors) {
    points.push_back(points_of(tensor, bytes->data() + data_begin));
    clouds.push_back({tensor.name, points.back().data(), static_cast<std::size_t>(tensor.points)});
  }
  Result<Hulls> hulls = make(clouds);
  if (!hulls) return in_file(hulls.errors(), path);
  return hulls;
}

Status Hulls::save(const std::string& path) const {
  std::vector<HullTensor> tensors;
  std::vector<Point> points;
  for (std::size_t i = 0; i < size(); ++i) {
    const std::vector<Point>& vertices = data_->hulls[i].vertices();
    tensors.push_back({data_->names[i], 8, vertices.size(), points.size() * sizeof(Point)});
    points.insert(points.end(), vertices.begin(), vertices.end());
  }
  const Result<std::string> header = hull_header(tensors);
  if (!header) return header.errors();
  const std::span data(reinterpret_cast<const uint8_t*>(points.data()),
                       points.size() * sizeof(Point));
  return write_output(path, {as_bytes(*header), data});
}

}  // namespace rigjit::collision
