// Names compared inline: a call of memcmp costs more than a name of usual length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace rigjit {

template <class Word>
[[nodiscard]] inline bool same_word(const char* a, const char* b) noexcept {
  Word x, y;
  std::memcpy(&x, a, sizeof(Word));
  std::memcpy(&y, b, sizeof(Word));
  return x == y;
}

// Whether `size` bytes are equal: in words, the last of which overlaps the one before.
[[nodiscard]] inline bool same_bytes(const char* a, const char* b, std::size_t size) noexcept {
  if (size >= sizeof(uint64_t)) {
    const std::size_t last = size - sizeof(uint64_t);
    for (std::size_t i = 0; i < last; i += sizeof(uint64_t)) {
      if (!same_word<uint64_t>(a + i, b + i)) return false;
    }
    return same_word<uint64_t>(a + last, b + last);
  }
  if (size >= sizeof(uint32_t)) {
    const std::size_t last = size - sizeof(uint32_t);
    return same_word<uint32_t>(a, b) && same_word<uint32_t>(a + last, b + last);
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

}  // namespace rigjit
