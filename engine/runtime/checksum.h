// XXH3-128, the digest of every file of the cache.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "plan/plan.h"

namespace rigjit {

// Of the parts one after the other. Finds damage; it is no defence against whoever can write files.
[[nodiscard]] Hash128 checksum(std::span<const std::span<const uint8_t>> parts);
[[nodiscard]] Hash128 checksum(std::initializer_list<std::span<const uint8_t>> parts);

[[nodiscard]] std::span<const uint8_t> as_bytes(std::string_view text);

}  // namespace rigjit
