// A message cut into the pieces that people tell apart: headers, names, keys and values, each with
// the text that stands for it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "plan/layout.h"
#include "plan/plan.h"

namespace rigjit {

// `size` bytes at `offset`.
struct MessagePiece {
  enum class Kind : uint8_t { kHeader, kName, kKey, kConstant, kValue };
  static constexpr uint32_t kNone = UINT32_MAX;

  Kind kind;
  uint32_t offset;
  uint32_t size;
  uint32_t controller = kNone;  // kNone: the map of all
  uint32_t channel = kNone;     // of keys, constants and values
  // As JSON would have it, with `<f32>`, `<i32>`, `<u8>` and `<bool>` where values go and the
  // punctuation that follows; control characters as \xNN.
  std::string text;
};

// All of them: ascending, without gaps. layout: the plan's.
[[nodiscard]] std::vector<MessagePiece> message_pieces(const Plan& plan,
                                                       const MessageLayout& layout);

// The text of those that begin in [begin, end); "…" before it if another one reaches into it.
[[nodiscard]] std::string text_of_bytes(std::span<const MessagePiece> pieces, uint32_t begin,
                                        uint32_t end);

}  // namespace rigjit
