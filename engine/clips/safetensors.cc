#include "clips/safetensors.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "base/json_string.h"
#include "base/make_error.h"

namespace rigjit {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian");

uint64_t round_up(uint64_t size, uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

}  // namespace

const std::string* find(const Strings& strings, std::string_view key) {
  const auto found = std::find_if(strings.begin(), strings.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  return found == strings.end() ? nullptr : &found->second;
}

std::string matrix_entry(std::string_view name, uint64_t rows, uint64_t columns) {
  const std::string end = std::to_string(rows * columns * sizeof(float));
  std::string entry = json_quoted(name) + R"(:{"dtype":"F32","shape":[)" + std::to_string(rows) +
                      "," + std::to_string(columns) + R"(],"data_offsets":[0,)" + end + "]}}";
  assert(entry.size() <= kMatrixEntrySize);
  entry.resize(kMatrixEntrySize, ' ');
  return entry;
}

Result<std::string> matrix_header(const Strings& metadata, std::string_view name, uint64_t rows,
                                  uint64_t columns) {
  std::string header(kSafetensorsPrefix, '\0');
  header += R"({"__metadata__":{)";
  for (const auto& [key, value] : metadata) {
    if (header.back() != '{') header += ',';
    header += json_quoted(key) + ":" + json_quoted(value);
  }
  header += "},";
  const uint64_t size = round_up(header.size() + kMatrixEntrySize, kHeaderAlignment);
  const uint64_t json_size = size - kSafetensorsPrefix;
  if (json_size > kMaxSafetensorsHeader) {
    return make_error("header-too-large", "the names of the rig take " + std::to_string(json_size) +
                                              " bytes; a safetensors header holds 100000000");
  }
  header.resize(size - kMatrixEntrySize, ' ');
  header += matrix_entry(name, rows, columns);
  std::memcpy(header.data(), &json_size, kSafetensorsPrefix);
  return header;
}

Result<uint64_t> matrix_header_size(const uint8_t* prefix, uint64_t file_size) {
  uint64_t json_size = 0;
  std::memcpy(&json_size, prefix, kSafetensorsPrefix);
  if (json_size > kMaxSafetensorsHeader || file_size < kSafetensorsPrefix ||
      json_size > file_size - kSafetensorsPrefix) {
    return make_error("malformed-file", "it is no safetensors file, or was cut within its header");
  }
  return kSafetensorsPrefix + json_size;
}

}  // namespace rigjit
