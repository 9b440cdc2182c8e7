// Reading the JSON of clips and vector files, from anybody's bytes.
#include <limits>
#include <unordered_set>

#include "base/default_float_env.h"
#include "base/make_error.h"
#include "base/simdjson.h"
#include "clips/json_table.h"
#include "clips/safetensors.h"

namespace rigjit {
namespace {

namespace dom = simdjson::dom;

// Deeper than anything that belongs here.
constexpr std::size_t kMaxDepth = 32;

Error malformed(std::string message) { return make_error("malformed-file", std::move(message)); }

// The document lives in the parser; nothing where the text is no JSON.
std::optional<dom::element> parse(dom::parser& parser, std::string_view json) {
  if (parser.allocate(json.size(), kMaxDepth) != simdjson::SUCCESS) return std::nullopt;
  dom::element root;
  // Copied: simdjson reads beyond the end of a text.
  if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return root;
}

template <typename Visit>
bool visit_members(const dom::element& element, Visit visit) {
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return false;
  std::unordered_set<std::string_view> seen;
  for (const dom::key_value_pair member : object) {
    if (!seen.insert(member.key).second || !visit(member.key, member.value)) return false;
  }
  return true;
}

bool read_pair(const dom::element& element, uint64_t& first, uint64_t& second) {
  dom::array array;
  return element.get(array) == simdjson::SUCCESS && array.size() == 2 &&
         array.at(0).get(first) == simdjson::SUCCESS &&
         array.at(1).get(second) == simdjson::SUCCESS;
}

bool read_metadata(const dom::element& element, Strings& metadata) {
  return visit_members(element, [&](std::string_view key, const dom::element& value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return false;
    metadata.emplace_back(key, text);
    return true;
  });
}

// Of a float32 matrix; nothing where that is no size of a file.
std::optional<uint64_t> bytes_of(uint64_t rows, uint64_t columns) {
  constexpr uint64_t kMaxFloats = std::numeric_limits<int64_t>::max() / sizeof(float);
  if (columns == 0) return 0;
  if (rows > kMaxFloats / columns) return std::nullopt;
  return rows * columns * sizeof(float);
}

bool read_tensor(const dom::element& element, MatrixHeader& header) {
  std::string_view dtype;
  uint64_t begin = 1;
  uint64_t end = 0;
  int found = 0;
  const bool sound = visit_members(element, [&](std::string_view key, const dom::element& value) {
    ++found;
    if (key == "dtype") return value.get(dtype) == simdjson::SUCCESS;
    if (key == "shape") return read_pair(value, header.rows, header.columns);
    return key == "data_offsets" && read_pair(value, begin, end);
  });
  return sound && found == 3 && dtype == "F32" && begin == 0 &&
         bytes_of(header.rows, header.columns) == end;
}

}  // namespace

Result<MatrixHeader> parse_matrix_header(std::string_view json) {
  const DefaultFloatEnv env;
  dom::parser parser;
  const std::optional<dom::element> root = parse(parser, json);
  if (!root) return malformed("its header is no JSON; it is no clip or vector file of rigjit");
  MatrixHeader header;
  int tensors = 0;
  const bool sound = visit_members(*root, [&](std::string_view key, const dom::element& value) {
    if (key == "__metadata__") return read_metadata(value, header.metadata);
    header.name = key;
    return ++tensors == 1 && read_tensor(value, header);
  });
  if (!sound || tensors != 1) return malformed("its header does not describe one F32 matrix");
  header.size = kSafetensorsPrefix + json.size();
  return header;
}

std::optional<JsonTable> parse_json_table(std::string_view json, std::size_t columns) {
  dom::parser parser;
  const std::optional<dom::element> root = parse(parser, json);
  dom::array rows;
  if (!root || root->get(rows) != simdjson::SUCCESS) return std::nullopt;
  JsonTable table;
  for (const dom::element& element : rows) {
    dom::array cells;
    if (element.get(cells) != simdjson::SUCCESS || cells.size() < columns) return std::nullopt;
    JsonRow& row = table.emplace_back();
    for (const dom::element& cell : cells) {
      std::string_view text;
      if (cell.is_null()) {
        row.emplace_back(std::nullopt);
      } else if (cell.get(text) == simdjson::SUCCESS) {
        row.emplace_back(text);
      } else {
        return std::nullopt;
      }
    }
  }
  return table;
}

}  // namespace rigjit
