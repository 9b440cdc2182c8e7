#include "yaml/text_check.h"

#include <cstdint>
#include <cstdio>

#include "base/spec_text.h"
#include "base/utf8.h"

namespace rigjit {
namespace {

// Offset of the first control character that a spec must not have: all below U+0020 but tab, line
// feed and carriage return before line feed, and U+007F.
std::optional<std::size_t> find_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool crlf = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    const bool allowed = c == '\t' || c == '\n' || crlf;
    if ((static_cast<uint8_t>(c) < 0x20 && !allowed) || c == 0x7F) return i;
  }
  return std::nullopt;
}

bool is_utf16_or_32(std::string_view text) {
  using namespace std::string_view_literals;
  return text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv) ||
         text.starts_with("\0\0\xFE\xFF"sv);
}

TreeFailure control_character(std::string_view text, std::size_t offset) {
  const char c = text[offset];
  if (c == '\r') {
    return {"invalid-text",
            "a carriage return without a line feed; end lines with LF or CR LF",
            offset,
            {}};
  }
  if (c == '\0') {
    return {"invalid-text", "the text has a NUL byte: this is no text file", offset, {}};
  }
  char name[8];
  std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(static_cast<uint8_t>(c)));
  return {"invalid-text", "the text has the control character " + std::string(name), offset, {}};
}

}  // namespace

std::string_view without_bom(std::string_view text) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  return text;
}

std::optional<TreeFailure> check_bytes(std::string_view text) {
  if (text.size() > kMaxSpecBytes) return TreeFailure{kSpecTooLarge, kSpecTooLargeText, 0, {}};
  if (is_utf16_or_32(text)) {
    return TreeFailure{"invalid-text", "the text is UTF-16 or UTF-32; save it as UTF-8", 0, {}};
  }
  const auto control = find_control_character(text);
  const auto invalid = find_invalid_utf8(text.substr(0, control.value_or(text.size())));
  if (invalid) {
    return TreeFailure{"invalid-text", "the text is not UTF-8; save it as UTF-8", *invalid, {}};
  }
  if (control) return control_character(text, *control);
  return std::nullopt;
}

}  // namespace rigjit
