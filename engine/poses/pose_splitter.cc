#include "poses/pose_splitter.h"

#include <optional>
#include <string>
#include <string_view>

#include "base/make_error.h"
#include "poses/read_msgpack.h"

namespace rigjit {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_space(char c) { return kSpace.find(c) != std::string_view::npos; }

// The size of the JSON object that `text` begins with, by its brackets; none if it is cut.
std::optional<std::size_t> object_size(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return std::nullopt;
}

struct ArrayHeader {
  std::size_t size;  // bytes; 0: cut
  uint64_t count;
};

// Of MessagePack; none if no array begins here.
std::optional<ArrayHeader> array_header(std::string_view bytes) {
  const auto first = static_cast<uint8_t>(bytes[0]);
  if ((first & 0xf0) == 0x90) return ArrayHeader{1, first & 0x0fU};
  if (first != 0xdc && first != 0xdd) return std::nullopt;
  const std::size_t size = first == 0xdc ? 3 : 5;
  if (bytes.size() < size) return ArrayHeader{0, 0};
  uint64_t count = 0;
  for (std::size_t i = 1; i < size; ++i) count = count << 8U | static_cast<uint8_t>(bytes[i]);
  return ArrayHeader{size, count};
}

}  // namespace

Error PoseSplitter::malformed(std::size_t place, const char* what) const {
  const bool is_json = form_ == PoseOptions::Form::kJson;
  return make_error(is_json ? "malformed-json" : "malformed-messagepack",
                    std::string(is_json ? "no JSON" : "no MessagePack") + " of poses: " + what +
                        " at byte " + std::to_string(offset_ + place));
}

Result<PoseSplitter::Place> PoseSplitter::next(const void* data, std::size_t size, bool is_all) {
  const auto* bytes = static_cast<const char*>(data);
  Result<Place> place = form_ == PoseOptions::Form::kJson ? next_object(bytes, size, is_all)
                                                          : next_message(bytes, size, is_all);
  if (place) offset_ += place->begin + place->size;
  return place;
}

void PoseSplitter::pass(std::size_t size) noexcept {
  offset_ += size;
  if (in_array_) --left_;
}

Result<PoseSplitter::Place> PoseSplitter::next_message(const char* data, std::size_t size,
                                                       bool is_all) {
  std::size_t begin = 0;
  if (!started_ && size > 0) {
    if (const std::optional<ArrayHeader> array = array_header({data, size})) {
      if (array->size == 0) {
        if (is_all) return malformed(size, "the end");
        return Place{};
      }
      in_array_ = true;
      left_ = array->count;
      begin = array->size;
    }
    started_ = true;
  }
  if (in_array_ && left_ == 0) {
    if (begin < size) return malformed(begin, "more after the array");
    return Place{begin, 0};
  }
  if (begin == size) {
    if (is_all && in_array_) return malformed(size, "the end");
    return Place{begin, 0};
  }
  const Result<std::size_t> length = message_size({data + begin, size - begin});
  if (!length) return malformed(begin, length.errors().front().message.c_str());
  if (*length == 0) {
    if (is_all) return malformed(size, "the end of a pose that is cut");
    return Place{begin, 0};
  }
  if (in_array_) --left_;
  return Place{begin, *length};
}

Result<PoseSplitter::Place> PoseSplitter::next_object(const char* data, std::size_t size,
                                                      bool is_all) {
  const std::string_view text(data, size);
  std::size_t at = 0;
  if (!started_ && offset_ == 0 && kByteOrderMark.starts_with(text.substr(0, 3)) && size > 0) {
    if (size < kByteOrderMark.size() && !is_all) return Place{};
    if (text.starts_with(kByteOrderMark)) at = kByteOrderMark.size();
  }
  for (;; ++at) {
    while (at < size && is_space(text[at])) ++at;
    if (at == size) {
      if (is_all && in_array_ && !ended_) return malformed(size, "the end of an array that is cut");
      return Place{at, 0};
    }
    const char c = text[at];
    if (ended_) return malformed(at, "more after the array");
    if (!started_ && c == '[') {
      started_ = in_array_ = true;
    } else if (in_array_ && c == ']' && (after_pose_ || !has_comma_)) {
      ended_ = true;
    } else if (in_array_ && after_pose_ && c == ',') {
      after_pose_ = false;
      has_comma_ = true;
    } else {
      break;
    }
  }
  if (text[at] != '{' || (in_array_ && after_pose_)) {
    return malformed(at, in_array_ ? "something else than an object, a comma or the array's end"
                                   : "something else than an object");
  }
  const std::optional<std::size_t> length = object_size(text.substr(at));
  if (!length) {
    if (is_all) return malformed(size, "the end of a pose that is cut");
    return Place{at, 0};
  }
  started_ = after_pose_ = true;
  has_comma_ = false;
  return Place{at, *length};
}

}  // namespace rigjit
