// The constants of one program: a block of bytes that the code reaches through a pointer argument.
// (LLVM's own constant pool costs several times the compile time.)
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rigjit {

class ConstantTable {
 public:
  // The offset of these bytes; equal bytes share one place. Alignment: the size rounded up to a
  // power of two, at most 64.
  uint32_t intern(std::span<const uint8_t> bytes) {
    const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto [place, is_new] = offsets_.try_emplace(std::string(key), 0);
    if (is_new) {
      place->second = allocate(static_cast<uint32_t>(bytes.size()));
      std::ranges::copy(bytes, bytes_.begin() + place->second);
    }
    return place->second;
  }

  template <class T>
  uint32_t intern(const std::vector<T>& values) {
    return intern({reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)});
  }

  [[nodiscard]] const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  static constexpr uint32_t kLine = 64;

  // Small constants share lines, so that large ones between them leave no gaps: what the table
  // takes of the first-level cache, the message cannot have.
  uint32_t allocate(uint32_t size) {
    const uint32_t alignment = std::min(std::bit_ceil(size), kLine);
    uint32_t offset = (small_ + alignment - 1) / alignment * alignment;
    if (size >= kLine || offset + size > small_end_) {
      offset = static_cast<uint32_t>(bytes_.size());
      bytes_.resize(offset + (size + kLine - 1) / kLine * kLine);
    }
    if (size < kLine) {
      if (offset >= small_end_) small_end_ = offset + kLine;
      small_ = offset + size;
    }
    return offset;
  }

  std::vector<uint8_t> bytes_;  // whole lines
  // What is left of the line that small constants go to.
  uint32_t small_ = 0, small_end_ = 0;
  std::unordered_map<std::string, uint32_t> offsets_;
};

}  // namespace rigjit
