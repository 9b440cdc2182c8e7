#include "poses/read_json.h"

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/make_error.h"
#include "base/simdjson.h"
#include "poses/json_decimal.h"

namespace rigjit {
namespace {

namespace ondemand = simdjson::ondemand;
using ondemand::json_type;
using simdjson::error_code;

constexpr uint32_t kMaxDepth = 64;
static_assert(simdjson::SIMDJSON_PADDING >= 64, "PoseForm::plain_attribute, read_decimal");
// Texts beyond get a parser of their own, whose memory is given back.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20;

std::string_view trimmed(std::string_view token) {
  const std::size_t end = token.find_last_not_of(" \t\r\n");
  return token.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

// A token that simdjson takes for no number: one of those that Python writes, or a number beyond
// float64.
std::optional<double> unusual_number(std::string_view token) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (token == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (token == "Infinity") return kInfinity;
  if (token == "-Infinity") return -kInfinity;
  double value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error == std::errc::result_out_of_range && end == token.data() + token.size()) {
    return std::numeric_limits<double>::max();  // finite, as written; no float32 either
  }
  return {};
}

class PoseParser {
 public:
  explicit PoseParser(PoseValues& values) : values_(values) {}

  error_code read(ondemand::document& document) {
    ondemand::object pose;
    if (const error_code error = document.get_object().get(pose)) return error;
    const error_code error = for_fields(pose, [this](std::string_view name, ondemand::value value) {
      return controller(name, value);
    });
    if (error) return error;
    // Behind the last token there is no location.
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

 private:
  static error_code for_fields(ondemand::object object, auto body) {
    for (auto result : object) {
      ondemand::field field;
      if (const error_code error = std::move(result).get(field)) return error;
      std::string_view key;
      if (const error_code error = field.unescaped_key().get(key)) return error;
      if (const error_code error = body(key, field.value())) return error;
    }
    return simdjson::SUCCESS;
  }

  error_code controller(std::string_view name, ondemand::value value) {
    ondemand::object attributes;
    json_type type = json_type::null;
    if (value.type().get(type) == simdjson::SUCCESS && type == json_type::object) {
      if (const error_code error = value.get_object().get(attributes)) return error;
      values_.begin_controller(name);
      return for_attributes(attributes);
    }
    values_.other_controller(name, name_of(value));
    return take(value, 1, false);
  }

  error_code for_attributes(ondemand::object attributes) {
    for (auto result : attributes) {
      if (result.error()) return result.error();
      // Not copied: the processor would wait for what has just been stored in parts. `result` is
      // no constant, only its reader is.
      auto& field = const_cast<ondemand::field&>(std::as_const(result).value_unsafe());
      // Its bytes may be compared as they are written: the padding is longer.
      const std::string_view expected = values_.expected_plain_attribute();
      if (!expected.empty() && is_written(expected, field.key().raw())) [[likely]] {
        values_.expected_attribute();
      } else {
        std::string_view key;
        if (const error_code error = field.unescaped_key().get(key)) return error;
        values_.attribute(key);
      }
      double number = 0;
      // The iteration skips what has not been read by it.
      if (read_decimal(field.value().raw_json_token().data(), number)) [[likely]] {
        values_.number(number);
      } else if (const error_code error = take(field.value(), 2, true)) {
        return error;
      }
    }
    return simdjson::SUCCESS;
  }

  // Whether the text behind a quote is just the name and the closing quote.
  static bool is_written(std::string_view name, const char* text) {
    return text[name.size()] == '"' && same_bytes(text, name.data(), name.size());
  }

  static const char* name_of(ondemand::value value) {
    json_type type = json_type::null;
    if (value.type().get(type) != simdjson::SUCCESS) return "a number";  // NaN
    switch (type) {
      case json_type::array:
        return "array";
      case json_type::object:
        return "object";
      case json_type::string:
        return "string";
      case json_type::boolean:
        return "bool";
      case json_type::null:
        return "null";
      case json_type::number:
        break;
    }
    return "a number";
  }

  // Reads a value to its end, so that whatever is wrong in it is found; if it is an attribute's it
  // goes to the values.
  error_code take(ondemand::value value, uint32_t depth, bool is_attribute) {
    json_type type = json_type::null;
    const bool is_known = value.type().get(type) == simdjson::SUCCESS;
    if (!is_known || type == json_type::number) return number(value, is_attribute);
    if (is_attribute && type != json_type::string && type != json_type::boolean) {
      values_.other(name_of(value));
    }
    if (depth + 1 >= kMaxDepth) return simdjson::DEPTH_ERROR;
    switch (type) {
      case json_type::array: {
        ondemand::array array;
        if (const error_code error = value.get_array().get(array)) return error;
        for (auto result : array) {
          ondemand::value item;
          if (const error_code error = std::move(result).get(item)) return error;
          if (const error_code error = take(item, depth + 1, false)) return error;
        }
        return simdjson::SUCCESS;
      }
      case json_type::object: {
        ondemand::object object;
        if (const error_code error = value.get_object().get(object)) return error;
        return for_fields(object, [&](std::string_view, ondemand::value item) {
          return take(item, depth + 1, false);
        });
      }
      case json_type::string: {
        std::string_view text;
        if (const error_code error = value.get_string().get(text)) return error;
        if (is_attribute) values_.text(text, "string");
        return simdjson::SUCCESS;
      }
      case json_type::boolean: {
        bool truth = false;
        if (const error_code error = value.get_bool().get(truth)) return error;
        if (is_attribute) values_.boolean(truth);
        return simdjson::SUCCESS;
      }
      default:
        return null(value);
    }
  }

  static error_code null(ondemand::value value) {
    bool is_null = false;
    if (const error_code error = value.is_null().get(is_null)) return error;
    return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }

  error_code number(ondemand::value value, bool is_attribute) {
    double number = 0;
    if (const error_code error = value.get_double().get(number)) {
      const std::optional<double> unusual =
          unusual_number(trimmed(std::string_view(value.raw_json_token())));
      if (!unusual) return error;
      number = *unusual;
    }
    if (is_attribute) values_.number(number);
    return simdjson::SUCCESS;
  }

  PoseValues& values_;
};

// What a text is parsed with. A thread keeps its own for the next text.
class Parser {
 public:
  Status parse(std::string_view text, PoseValues& values) {
    padded_.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    padded_.assign(text);
    ondemand::document document;
    const simdjson::padded_string_view view(padded_.data(), padded_.size(), padded_.capacity());
    if (const error_code error = parser_.iterate(view).get(document)) {
      return malformed(error, nullptr);
    }
    json_type type = json_type::null;
    if (document.type().get(type) == simdjson::SUCCESS && type != json_type::object) {
      Error error = make_error("wrong-type", "a pose must be a JSON object of controllers");
      error.path = "pose";
      return error;
    }
    if (const error_code error = PoseParser(values).read(document)) {
      return malformed(error, &document);
    }
    return Done{};
  }

 private:
  [[nodiscard]] Error malformed(error_code error, ondemand::document* document) const {
    std::string message = std::string("no JSON of a pose: ") + simdjson::error_message(error);
    const char* place = nullptr;
    if (document != nullptr && document->current_location().get(place) == simdjson::SUCCESS &&
        place >= padded_.data() && place <= padded_.data() + padded_.size()) {
      message += " (at byte " + std::to_string(place - padded_.data()) + ")";
    }
    Error result = make_error("malformed-json", std::move(message));
    result.path = "pose";
    return result;
  }

  ondemand::parser parser_;
  std::string padded_;
};

}  // namespace

Status read_json(std::string_view text, PoseValues& values) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.size() > kKeptBytes) return Parser().parse(text, values);
  static thread_local Parser parser;
  return parser.parse(text, values);
}

}  // namespace rigjit
