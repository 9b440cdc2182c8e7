#include "spec/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

namespace rigjit {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

// A decimal number in its parts: [sign] whole [. fraction] [e exponent].
struct Decimal {
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;  // with its sign
};

std::optional<Decimal> split(std::string_view text) {
  Decimal parts;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  parts.whole = text.substr(0, count_digits(text));
  text.remove_prefix(parts.whole.size());
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    parts.fraction = text.substr(0, count_digits(text));
    text.remove_prefix(parts.fraction.size());
  }
  if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
  if (text.starts_with('e') || text.starts_with('E')) {
    parts.exponent = text.substr(1);
    const bool is_signed = parts.exponent.starts_with('+') || parts.exponent.starts_with('-');
    const std::string_view digits = parts.exponent.substr(is_signed ? 1 : 0);
    if (digits.empty() || count_digits(digits) != digits.size()) return std::nullopt;
  } else if (!text.empty()) {
    return std::nullopt;
  }
  return parts;
}

// Whether a number that does not fit float32 is too large for it, not too small.
bool is_huge(const Decimal& parts) {
  if (!parts.exponent.empty()) {
    int exponent = 0;
    const bool is_plus = parts.exponent.starts_with('+');
    const std::string_view digits = parts.exponent.substr(is_plus ? 1 : 0);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (parsed.ec != std::errc()) return !digits.starts_with('-');
    const auto leading = parts.whole.find_first_not_of('0');
    if (leading != std::string_view::npos) {
      return exponent + static_cast<int64_t>(parts.whole.size() - leading) > 0;
    }
    const auto zeros = std::min(parts.fraction.find_first_not_of('0'), parts.fraction.size());
    return exponent - static_cast<int64_t>(zeros) > 0;
  }
  return parts.whole.find_first_not_of('0') != std::string_view::npos;
}

bool is_zero(const Decimal& parts) {
  constexpr auto kNone = std::string_view::npos;
  return parts.whole.find_first_not_of('0') == kNone &&
         parts.fraction.find_first_not_of('0') == kNone;
}

// Rounded once; infinite if too large, zero of its sign if too small.
float to_float(std::string_view text, const Decimal& parts) {
  const bool negative = text.starts_with('-');
  const std::string_view unsigned_text = text.substr(negative || text.starts_with('+') ? 1 : 0);
  float magnitude = 0;
  const auto [end, error] =
      std::from_chars(unsigned_text.data(), unsigned_text.data() + unsigned_text.size(), magnitude);
  if (error == std::errc::result_out_of_range) {
    magnitude = !is_zero(parts) && is_huge(parts) ? INFINITY : 0.0f;
  }
  return negative ? -magnitude : magnitude;
}

bool is_yaml_non_finite(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  for (const std::string_view word :
       {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", "inf", "Inf", "nan", "NaN", "Infinity"}) {
    if (text == word) return true;
  }
  return false;
}

// "1_000" to "1000", "010" to "10"; none if it stays no number.
Report::Suggestion repaired(std::string_view text) {
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return c != '_' && c != ' '; });
  std::replace(plain.begin(), plain.end(), ',', '.');
  const auto digit = plain.find_first_not_of("+-");
  if (digit != std::string::npos) {
    const auto nonzero = std::min(plain.find_first_not_of('0', digit), plain.size() - 1);
    if (is_digit(plain[nonzero])) plain.erase(digit, nonzero - digit);
  }
  if (!split(plain)) return std::nullopt;
  return plain;
}

// YAML 1.1 reads these as octal, YAML 1.2 as decimal.
bool is_ambiguous(const Decimal& parts, std::string_view text) {
  const bool is_integer = text.find_first_of(".eE") == std::string_view::npos;
  return is_integer && parts.whole.size() > 1 && parts.whole.starts_with('0');
}

}  // namespace

std::optional<float> read_number(Report& report, const Value& value) {
  const Node& node = *value.node;
  if (!node.is_scalar()) {
    report.add(node.is_null() ? "null-value" : "wrong-type", node, value,
               "a number must stand here");
    return std::nullopt;
  }
  const auto parts = split(node.text);
  if (!node.plain && parts) {
    report.add("not-a-number", node, value, "this is text, not a number: it is quoted",
               std::string(node.text));
    return std::nullopt;
  }
  if (is_yaml_non_finite(node.text)) {
    report.add("not-finite", node, value, quote(node.text) + " is not finite");
    return std::nullopt;
  }
  if (!parts || is_ambiguous(*parts, node.text)) {
    report.add("not-a-number", node, value, quote(node.text) + " is no decimal number",
               repaired(node.text));
    return std::nullopt;
  }
  const float number = to_float(node.text, *parts);
  if (!std::isfinite(number)) {
    report.add("not-finite", node, value, quote(node.text) + " is too large for float32");
    return std::nullopt;
  }
  return number;
}

std::optional<float> read_scale(Report& report, const Value& value) {
  const auto number = read_number(report, value);
  if (!number || *number != 0) return number;
  const bool is_written_zero = is_zero(*split(value.node->text));
  report.add("zero-scale", *value.node, value,
             is_written_zero
                 ? "a scale must not be zero"
                 : quote(value.node->text) + " is zero in float32; a scale must not be");
  return std::nullopt;
}

bool read_numbers(Report& report, const Value& value, NumberReader read, std::size_t count,
                  std::vector<float>& out) {
  if (!value.node->is_sequence()) {
    const auto number = read(report, value);
    out.assign(count, number.value_or(0));
    return number.has_value();
  }
  const std::size_t length = value.node->children.size();
  bool ok = true;
  out.clear();
  for (std::size_t i = 0; i < length; ++i) {
    const auto number = read(report, value.item(i));
    ok &= number.has_value();
    out.push_back(number.value_or(0));
  }
  if (count != 0 && length != count) {
    report.add("length-mismatch", *value.node, value,
               "the list has " + std::to_string(length) + " numbers for " + std::to_string(count) +
                   (count == 1 ? " axis" : " axes"));
    return false;
  }
  return ok;
}

}  // namespace rigjit
