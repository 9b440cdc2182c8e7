// The header of a file of hulls: safetensors' JSON, of a tensor a hull.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/result.h"

namespace rigjit::collision {

struct HullTensor {
  std::string name;
  int item_bytes = 8;  // F64, or 4: F32
  uint64_t points = 0;
  uint64_t begin = 0;  // of its bytes, after the header
};

// Before the JSON: its length, 8 bytes.
inline constexpr uint64_t kHullHeaderPrefix = 8;
// Of the JSON, in bytes: what the safetensors package reads.
inline constexpr uint64_t kMaxHullHeader = 100'000'000;

// Prefix and JSON, a multiple of 8 bytes. "header-too-large", and "bad-name" for what is no UTF-8
// or is called __metadata__.
[[nodiscard]] Result<std::string> hull_header(const std::vector<HullTensor>& tensors);

// json: what follows the prefix; data_size: how many bytes follow that. In the order of the file.
// "malformed-file", with every tensor that is none of points. Safe on any bytes.
[[nodiscard]] Result<std::vector<HullTensor>> parse_hull_header(std::string_view json,
                                                                uint64_t data_size);

}  // namespace rigjit::collision
