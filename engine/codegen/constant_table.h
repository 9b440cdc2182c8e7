// The constants of one program: a block of bytes that the code reaches through a pointer argument.
// (LLVM's own constant pool costs several times the compile time.)
#pragma once

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
    const uint32_t alignment =
        static_cast<uint32_t>(std::min<size_t>(std::bit_ceil(bytes.size()), 64));
    const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto [place, is_new] = offsets_.try_emplace(std::string(key), 0);
    if (is_new) {
      const size_t offset = (bytes_.size() + alignment - 1) / alignment * alignment;
      bytes_.resize(offset);
      bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
      place->second = static_cast<uint32_t>(offset);
    }
    return place->second;
  }

  template <class T>
  uint32_t intern(const std::vector<T>& values) {
    return intern({reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)});
  }

  [[nodiscard]] const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
  std::unordered_map<std::string, uint32_t> offsets_;
};

}  // namespace rigjit
