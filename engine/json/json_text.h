// What of a rig's JSON is the same for every vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "describe/description.h"

namespace rigjit {

// The text before each channel's value and after the last one: braces, escaped names, commas.
// Constant after construction.
class JsonText {
 public:
  explicit JsonText(const RigDescription& description);

  // Room that write() needs, in bytes; the channels' values fit behind what is written.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  // Where in `out` (capacity() bytes) write() takes the values from, as bytes of float32.
  [[nodiscard]] uint8_t* values_in(char* out) const noexcept;

  // Writes the object around the values that lie at values_in(out), which Rig::check_values finds
  // nothing wrong with. Returns its size.
  [[nodiscard]] std::size_t write(char* out) const noexcept;

 private:
  // kMixed: some channels are no floats.
  template <bool kMixed>
  [[nodiscard]] std::size_t write_as(char* out) const noexcept;

  std::string text_;                // the pieces one after the other, then bytes to over-read
  std::vector<uint32_t> pieces_;    // sizes, one a channel and one for the end
  std::vector<ChannelType> types_;  // one a channel; empty if all are floats
  std::size_t capacity_;
};

}  // namespace rigjit
