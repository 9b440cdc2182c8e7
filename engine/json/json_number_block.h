// Eight float32 at a time as JSON text: json_number_fast.h's method in AVX-512 lanes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "json/json_number.h"

namespace rigjit {

// What is to be written of eight numbers: "-" or nothing, "0.000" cut at `begin`, then `size` bytes
// of `low` and `high`, the first character lowest.
struct JsonNumberBlock {
  static constexpr std::size_t kCount = 8;

  alignas(64) uint64_t low[kCount];
  alignas(64) uint64_t high[kCount];
  alignas(64) uint64_t begin[kCount];
  alignas(64) uint64_t size[kCount];
  uint32_t other = 0;  // a bit for each number that write_any_number must write
};

// values: kCount float32, not aligned.
using FormatJsonNumbers = void (*)(const uint8_t* values, JsonNumberBlock& block) noexcept;

// Null where this machine has no such lanes.
[[nodiscard]] FormatJsonNumbers json_block_formatter() noexcept;

// The same text as write_json_number(out, value), value being the block's i-th.
[[gnu::always_inline]] inline char* write_json_number(char* out, float value,
                                                      const JsonNumberBlock& block,
                                                      std::size_t i) noexcept {
  if ((block.other >> i & 1) != 0) [[unlikely]]
    return write_any_number(out, value);
  *out = '-';
  out += std::bit_cast<uint32_t>(value) >> 31;
  std::memcpy(out, "0.000000", 8);
  out += block.begin[i];
  std::memcpy(out, &block.low[i], 8);
  std::memcpy(out + 8, &block.high[i], 8);
  return out + block.size[i];
}

}  // namespace rigjit
