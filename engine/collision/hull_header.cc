#include "collision/hull_header.h"

#include <cstring>
#include <optional>
#include <unordered_set>

#include "base/json_string.h"
#include "base/simdjson.h"
#include "collision/error_text.h"

namespace rigjit::collision {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kMetadata = "__metadata__";
// Deeper than anything that belongs here.
constexpr std::size_t kMaxDepth = 32;

bool read_pair(const dom::element& element, uint64_t& first, uint64_t& second) {
  dom::array array;
  return element.get(array) == simdjson::SUCCESS && array.size() == 2 &&
         array.at(0).get(first) == simdjson::SUCCESS &&
         array.at(1).get(second) == simdjson::SUCCESS;
}

// Nothing where it is no tensor of points within the data.
std::optional<HullTensor> read_tensor(const dom::element& element, uint64_t data_size) {
  HullTensor tensor;
  std::string_view dtype;
  uint64_t columns = 0;
  uint64_t end = 0;
  if (element["dtype"].get(dtype) != simdjson::SUCCESS) return std::nullopt;
  dom::element shape;
  dom::element offsets;
  if (element["shape"].get(shape) != simdjson::SUCCESS ||
      element["data_offsets"].get(offsets) != simdjson::SUCCESS ||
      !read_pair(shape, tensor.points, columns) || !read_pair(offsets, tensor.begin, end)) {
    return std::nullopt;
  }
  if ((dtype != "F64" && dtype != "F32") || columns != 3) return std::nullopt;
  tensor.item_bytes = dtype == "F64" ? 8 : 4;
  const uint64_t point_bytes = 3 * static_cast<uint64_t>(tensor.item_bytes);
  const bool fits = tensor.begin <= end && end <= data_size &&
                    tensor.points <= data_size / point_bytes &&
                    end - tensor.begin == tensor.points * point_bytes;
  return fits ? std::optional(tensor) : std::nullopt;
}

}  // namespace

Result<std::string> hull_header(const std::vector<HullTensor>& tensors) {
  std::string json = "{" + json_quoted(kMetadata) + R"(:{"format":"rigjit-hulls","version":"1"})";
  uint64_t end = 0;
  for (const HullTensor& tensor : tensors) {
    const uint64_t bytes = tensor.points * 3 * static_cast<uint64_t>(tensor.item_bytes);
    end = tensor.begin + bytes;
    json += "," + json_quoted(tensor.name) + R"(:{"dtype":")" +
            (tensor.item_bytes == 8 ? "F64" : "F32") + R"(","shape":[)" +
            std::to_string(tensor.points) + R"(,3],"data_offsets":[)" +
            std::to_string(tensor.begin) + "," + std::to_string(end) + "]}";
  }
  json += "}";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  if (json.size() > kMaxHullHeader) {
    return make_error("header-too-large", "the names of the hulls take " +
                                              std::to_string(json.size()) +
                                              " bytes; a safetensors header holds 100000000");
  }
  if (const Result<std::vector<HullTensor>> read = parse_hull_header(json, end);
      !read || read->size() != tensors.size()) {
    return make_error("bad-name",
                      "a hull's name is no UTF-8, or is __metadata__; a file cannot hold it");
  }
  const uint64_t size = json.size();
  std::string header(kHullHeaderPrefix, '\0');
  std::memcpy(header.data(), &size, sizeof(size));
  return header + json;
}

Result<std::vector<HullTensor>> parse_hull_header(std::string_view json, uint64_t data_size) {
  dom::parser parser;
  dom::object root;
  // Copied: simdjson reads beyond the end of a text.
  if (parser.allocate(json.size(), kMaxDepth) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS) {
    return make_error("malformed-file", "its header is no JSON object; it is no safetensors file");
  }
  std::vector<HullTensor> tensors;
  std::unordered_set<std::string_view> seen;
  ErrorList errors;
  for (const dom::key_value_pair member : root) {
    if (!seen.insert(member.key).second) {
      errors.add(make_error("malformed-file", quoted(member.key) + " comes twice"));
      continue;
    }
    if (member.key == kMetadata) continue;
    std::optional<HullTensor> tensor = read_tensor(member.value, data_size);
    if (!tensor) {
      errors.add(make_error("malformed-file",
                            "tensor " + quoted(member.key) + " is no F32 or F64 of shape (k, 3)"));
      continue;
    }
    tensor->name = member.key;
    tensors.push_back(*std::move(tensor));
  }
  if (!errors.is_empty()) return std::move(errors).take();
  return tensors;
}

}  // namespace rigjit::collision
