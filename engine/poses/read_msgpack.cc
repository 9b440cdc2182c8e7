#include "poses/read_msgpack.h"

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack/null_visitor.hpp>
#include <msgpack/parse.hpp>
#include <msgpack/unpack.hpp>
#include <optional>
#include <string>

#include "base/make_error.h"

namespace rigjit {
namespace {

constexpr uint32_t kMaxDepth = 64;

Error malformed(std::size_t offset, const std::string& what) {
  Error error = make_error("malformed-messagepack", "no MessagePack of a pose: " + what +
                                                        " at byte " + std::to_string(offset));
  error.path = "pose";
  return error;
}

// Depth 1 is the map of controllers, 2 a map of attributes; what lies deeper, or in an array, is
// only skipped.
class PoseVisitor : public msgpack::null_visitor {
 public:
  explicit PoseVisitor(PoseValues& values) : values_(values) {}

  bool visit_nil() { return other("nil"); }
  bool visit_boolean(bool v) {
    if (!at_attribute_value()) return other("bool");
    values_.boolean(v);
    return true;
  }
  bool visit_positive_integer(uint64_t v) { return number(static_cast<double>(v)); }
  bool visit_negative_integer(int64_t v) { return number(static_cast<double>(v)); }
  bool visit_float32(float v) { return number(v); }
  bool visit_float64(double v) { return number(v); }
  bool visit_bin(const char* data, uint32_t size) {
    if (!in_key_ || depth_ > 2) return other("bin");
    values_.unnamed_key({data, size});
    return true;
  }
  bool visit_ext(const char*, uint32_t) { return other("ext"); }

  bool visit_str(const char* data, uint32_t size) {
    if (at_attribute_value()) {
      values_.text({data, size}, "str");
      return true;
    }
    if (!in_key_ || depth_ > 2) return other("str");
    if (depth_ == 1) {
      controller_.assign(data, size);
      has_controller_ = true;
    } else if (inside_controller_) {
      values_.attribute({data, size});
    }
    return true;
  }

  bool start_array(uint32_t) { return other("array") && enter(); }
  bool end_array() { return leave(); }

  bool start_map(uint32_t) {
    const bool is_value = !in_key_;
    if (depth_ == 1 && is_value && has_controller_) {
      values_.begin_controller(controller_);
      inside_controller_ = true;
    } else if (depth_ > 0) {
      other("map");
    } else {
      is_pose_ = true;
    }
    return enter();
  }
  bool end_map() {
    if (depth_ == 2) inside_controller_ = false;
    return leave();
  }
  bool start_map_key() {
    if (depth_ == 1) has_controller_ = false;
    in_key_ = depth_ <= 2;
    return true;
  }
  bool end_map_key() {
    if (depth_ <= 2) in_key_ = false;
    return true;
  }

  void parse_error(std::size_t, std::size_t offset) { fail(offset, "an unknown type"); }
  void insufficient_bytes(std::size_t, std::size_t offset) { fail(offset, "the end"); }

  [[nodiscard]] bool is_pose() const { return is_pose_; }
  [[nodiscard]] bool too_deep() const { return depth_ >= kMaxDepth; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  bool number(double v) {
    if (at_attribute_value()) {
      values_.number(v);
      return true;
    }
    return other("a number");
  }

  // Also keys that are no text, and what is skipped.
  bool other(const char* type) {
    if (in_key_ && depth_ <= 2) {
      values_.unnamed_key();
    } else if (at_attribute_value()) {
      values_.other(type);
    } else if (depth_ == 1 && has_controller_) {
      values_.other_controller(controller_, type);
    }
    return true;
  }

  [[nodiscard]] bool at_attribute_value() const {
    return depth_ == 2 && inside_controller_ && !in_key_;
  }

  bool enter() { return ++depth_ < kMaxDepth; }
  bool leave() {
    --depth_;
    return true;
  }

  void fail(std::size_t offset, const std::string& what) { error_ = malformed(offset, what); }

  PoseValues& values_;
  std::string controller_;
  bool has_controller_ = false;  // the key of depth 1 that was read last is text
  bool inside_controller_ = false;
  bool in_key_ = false;  // of depth 1 or 2
  bool is_pose_ = false;
  uint32_t depth_ = 0;
  std::optional<Error> error_;
};

// Only follows the nesting.
class SizeVisitor : public msgpack::null_visitor {
 public:
  bool start_array(uint32_t) { return ++depth_ < kMaxDepth; }
  bool start_map(uint32_t) { return ++depth_ < kMaxDepth; }
  bool end_array() { return leave(); }
  bool end_map() { return leave(); }
  void parse_error(std::size_t, std::size_t) { is_unknown_ = true; }

  [[nodiscard]] bool is_unknown() const { return is_unknown_; }
  [[nodiscard]] bool too_deep() const { return depth_ >= kMaxDepth; }

 private:
  bool leave() {
    --depth_;
    return true;
  }

  uint32_t depth_ = 0;
  bool is_unknown_ = false;
};

}  // namespace

Result<std::size_t> message_size(std::string_view bytes) {
  SizeVisitor visitor;
  std::size_t size = 0;
  const bool parsed = msgpack::parse(bytes.data(), bytes.size(), size, visitor);
  if (visitor.is_unknown() || visitor.too_deep()) {
    return make_error("malformed-messagepack",
                      visitor.is_unknown() ? "an unknown type" : "values nested too deep");
  }
  return parsed ? size : 0;
}

Status read_msgpack(std::span<const uint8_t> bytes, PoseValues& values) {
  PoseVisitor visitor(values);
  std::size_t offset = 0;
  const bool parsed =
      msgpack::parse(reinterpret_cast<const char*>(bytes.data()), bytes.size(), offset, visitor);
  if (visitor.error()) return *visitor.error();
  if (!parsed) {
    return malformed(offset, visitor.too_deep() ? "values nested too deep" : "a value that is cut");
  }
  if (offset != bytes.size()) return malformed(offset, "more than one value");
  if (!visitor.is_pose()) {
    Error error = make_error("wrong-type", "a pose must be a map of controllers");
    error.path = "pose";
    return error;
  }
  return Done{};
}

}  // namespace rigjit
