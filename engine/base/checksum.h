// XXH3-128, the digest of every file of the cache.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace rigjit {

// 128 bits, printed as 32 hexadecimal digits, high half first.
struct Hash128 {
  uint64_t high = 0;
  uint64_t low = 0;
  [[nodiscard]] std::string to_hex() const;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

// Of the parts one after the other. Finds damage; it is no defence against whoever can write files.
[[nodiscard]] Hash128 checksum(std::span<const std::span<const uint8_t>> parts);
[[nodiscard]] Hash128 checksum(std::initializer_list<std::span<const uint8_t>> parts);

[[nodiscard]] std::span<const uint8_t> as_bytes(std::string_view text);

}  // namespace rigjit
