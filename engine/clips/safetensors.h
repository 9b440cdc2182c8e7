// A safetensors file of one float32 matrix: engine/clips/clip_format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rigjit/result.h"

namespace rigjit {

// Of the JSON, in bytes: what the safetensors package reads.
inline constexpr uint64_t kMaxSafetensorsHeader = 100'000'000;
// The length before the JSON.
inline constexpr uint64_t kSafetensorsPrefix = 8;
// Headers end at a multiple of this, and their last kMatrixEntrySize bytes, the only ones that
// change when rows are added, lie in one sector: no reader sees half of a change.
inline constexpr uint64_t kHeaderAlignment = 512;
inline constexpr uint64_t kMatrixEntrySize = 128;

using Strings = std::vector<std::pair<std::string, std::string>>;

struct MatrixHeader {
  Strings metadata;  // without duplicates
  std::string name;
  uint64_t rows = 0;  // what the header says; more or fewer may be there
  uint64_t columns = 0;
  uint64_t size = 0;  // of the header with its prefix: where the data begins
};

// The text under a key.
[[nodiscard]] const std::string* find(const Strings& strings, std::string_view key);

// Prefix and JSON. "header-too-large" beyond kMaxSafetensorsHeader.
[[nodiscard]] Result<std::string> matrix_header(const Strings& metadata, std::string_view name,
                                                uint64_t rows, uint64_t columns);

// The last kMatrixEntrySize bytes of the header.
[[nodiscard]] std::string matrix_entry(std::string_view name, uint64_t rows, uint64_t columns);

// The size of the header, prefix included, of a file that begins with these 8 bytes and has
// file_size bytes. "malformed-file" if it cannot be one.
[[nodiscard]] Result<uint64_t> matrix_header_size(const uint8_t* prefix, uint64_t file_size);

// `json`: the header after its prefix. "malformed-file" for all but exactly one F32 matrix whose
// data begins at once. Safe on any bytes.
[[nodiscard]] Result<MatrixHeader> parse_matrix_header(std::string_view json);

}  // namespace rigjit
