// Little-endian numbers and length-prefixed strings, written and read back from untrusted bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace rigjit {

static_assert(std::endian::native == std::endian::little, "cache files are little-endian");

class ByteWriter {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T>
  void number(T value) {
    const std::size_t end = bytes_.size();
    bytes_.resize(end + sizeof(T));
    std::memcpy(bytes_.data() + end, &value, sizeof(T));
  }
  // A u32 length and the bytes.
  void text(std::string_view value) {
    number(static_cast<uint32_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  // A u64 length and the bytes.
  void block(std::span<const uint8_t> value) {
    number(static_cast<uint64_t>(value.size()));
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  [[nodiscard]] std::vector<uint8_t> take() && { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

// Reads what ByteWriter wrote. After the first read beyond the end ok() is false and every read
// gives zero or nothing; no read looks outside the bytes or allocates.
class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes) : rest_(bytes) {}

  template <typename T>
    requires std::is_arithmetic_v<T>
  [[nodiscard]] T number() {
    T value{};
    const std::span<const uint8_t> bytes = raw(sizeof(T));
    if (ok_) std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  // A view into the bytes.
  [[nodiscard]] std::string_view text() {
    const std::span<const uint8_t> bytes = raw(number<uint32_t>());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  [[nodiscard]] std::span<const uint8_t> block() { return raw(number<uint64_t>()); }

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool at_end() const noexcept { return ok_ && rest_.empty(); }
  [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }

 private:
  [[nodiscard]] std::span<const uint8_t> raw(uint64_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const auto result = rest_.first(size);
    rest_ = rest_.subspan(size);
    return result;
  }

  std::span<const uint8_t> rest_;
  bool ok_ = true;
};

}  // namespace rigjit
