#include "base/checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rigjit {

std::string Hash128::to_hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint64_t half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(half >> shift) & 15];
  }
  return text;
}

Hash128 checksum(std::span<const std::span<const uint8_t>> parts) {
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_128bits_reset(&state);
  for (const std::span<const uint8_t> part : parts) {
    XXH3_128bits_update(&state, part.data(), part.size());
  }
  const XXH128_hash_t digest = XXH3_128bits_digest(&state);
  return {digest.high64, digest.low64};
}

Hash128 checksum(std::initializer_list<std::span<const uint8_t>> parts) {
  return checksum(std::span(parts.begin(), parts.size()));
}

std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace rigjit
