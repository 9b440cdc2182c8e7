// What bytes that are no pose may be, and what to do with them: for messages.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace rigjit {

// "it looks like a pickle: ..."; empty where nothing is known.
[[nodiscard]] std::string looks_like(std::span<const uint8_t> bytes);

}  // namespace rigjit
