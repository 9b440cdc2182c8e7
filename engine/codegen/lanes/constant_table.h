// The constants of one program as one block of bytes, which the module holds as a named constant.
//
// One block and not LLVM's constant pool: for 600 values the pool costs 125 ms of compile time,
// since each vector becomes a constant of its own that is hashed, sorted into a section and
// relocated. In one block a constant is an offset, equal ones share it, and the generator decides
// what lies beside what, which is what the first-level cache sees.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace rigjit {

// What the elements of a constant are, for whoever reads the table.
enum class ConstantKind : uint8_t { kFloats, kDoubles, kWords, kBytes };

template <class T>
constexpr ConstantKind kind_of_constants() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> ||
                std::is_same_v<T, uint32_t> || std::is_same_v<T, uint8_t>);
  if (std::is_same_v<T, float>) return ConstantKind::kFloats;
  if (std::is_same_v<T, double>) return ConstantKind::kDoubles;
  return std::is_same_v<T, uint32_t> ? ConstantKind::kWords : ConstantKind::kBytes;
}

class ConstantTable {
 public:
  struct Entry {
    uint32_t offset;
    uint32_t size;
    ConstantKind kind;  // of whoever was first, where bytes are shared
  };

  // The offset of these bytes; equal bytes share one place. Alignment: the size rounded up to a
  // power of two, at most 64.
  template <class T>
  uint32_t intern(const std::vector<T>& values) {
    return intern({reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(T)},
                  kind_of_constants<T>());
  }

  [[nodiscard]] const std::vector<uint8_t>& bytes() const { return bytes_; }
  // In the order in which they were interned.
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  static constexpr uint32_t kLine = 64;

  uint32_t intern(std::span<const uint8_t> bytes, ConstantKind kind) {
    const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto [place, is_new] = offsets_.try_emplace(std::string(key), 0);
    if (is_new) {
      const auto size = static_cast<uint32_t>(bytes.size());
      place->second = allocate(size);
      entries_.push_back({place->second, size, kind});
      std::ranges::copy(bytes, bytes_.begin() + place->second);
    }
    return place->second;
  }

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
  std::vector<Entry> entries_;
  // What is left of the line that small constants go to.
  uint32_t small_ = 0, small_end_ = 0;
  std::unordered_map<std::string, uint32_t> offsets_;
};

}  // namespace rigjit
