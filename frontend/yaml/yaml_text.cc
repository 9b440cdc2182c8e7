#include "yaml/yaml_text.h"

#include <array>

#include "yaml/position.h"

namespace rigjit {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kBlankOrBreak = " \t\r\n";

struct Wording {
  std::string_view theirs;  // how yaml-cpp's message begins
  std::string_view ours;
};

constexpr std::array kWordings{
    Wording{"end of map not found", "this does not fit the mapping around it"},
    Wording{"end of map flow not found", "a { is not closed, or a comma is missing"},
    Wording{"end of sequence not found", "this does not fit the list around it"},
    Wording{"end of sequence flow not found", "a [ is not closed, or a comma is missing"},
    Wording{"illegal flow end", "this bracket closes nothing"},
    Wording{"illegal block entry", "a list item cannot begin here"},
    Wording{"illegal map key", "a key cannot begin here"},
    Wording{"illegal map value", "a ': ' cannot stand here"},
    Wording{"illegal EOF in scalar", "a quote is not closed"},
    Wording{"illegal document indicator in scalar", "a quote is not closed before this line"},
    Wording{"illegal tab when looking for indentation",
            "a tab indents this line; YAML wants spaces"},
    Wording{"unknown escape character", "unknown escape in a double-quoted text"},
    Wording{"bad character found while scanning hex number", "bad digits in an escape"},
    Wording{"invalid unicode", "this escape stands for no character"},
    Wording{"unknown token", "a value cannot begin with this character"},
    Wording{"cannot assign multiple anchors", "a value has two anchors"},
    Wording{"cannot assign multiple tags", "a value has two tags"},
    Wording{"alias not found after *", "a name must follow *"},
    Wording{"anchor not found after &", "a name must follow &"},
    Wording{"illegal character found while scanning alias", "bad character in an alias"},
    Wording{"illegal character found while scanning anchor", "bad character in an anchor"},
    Wording{"unexpected character in block scalar", "bad character behind | or >"},
    Wording{"cannot set zero indentation", "bad indentation behind | or >"},
};

std::string_view our_wording(std::string_view theirs) {
  for (const Wording& wording : kWordings) {
    if (theirs.starts_with(wording.theirs)) return wording.ours;
  }
  return "this cannot be read";
}

bool is_indented_with_tab(std::string_view line) {
  const std::string_view indent = line.substr(0, line.find_first_not_of(kBlank));
  return indent.find('\t') != std::string_view::npos;
}

// A line without its comment and the blanks around it. Only for lines that hold no quoted text.
std::string_view content_of(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && (i == 0 || kBlank.find(line[i - 1]) != std::string_view::npos)) {
      line = line.substr(0, i);
    }
  }
  const std::size_t last = line.find_last_not_of(kBlankOrBreak);
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::size_t skip(std::string_view text, std::size_t offset, std::string_view characters) {
  const std::size_t found = text.find_first_not_of(characters, offset);
  return found == std::string_view::npos ? offset : found;
}

}  // namespace

std::size_t skip_properties(std::string_view text, std::size_t offset) {
  while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
    const std::size_t end = text.find_first_of(" \t\r\n,[]{}", offset);
    if (end == std::string_view::npos) return offset;
    const std::size_t next = skip(text, end, kBlankOrBreak);
    if (next == end) return offset;
    offset = next;
  }
  return offset;
}

bool is_written_null(std::string_view text) {
  for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
    if (text.starts_with(word)) return true;
  }
  return false;
}

std::size_t find_empty_item(std::string_view text, std::size_t offset) {
  std::size_t end = offset;
  for (;;) {
    const std::size_t line_break = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
    const std::size_t start = line_break == std::string_view::npos ? 0 : line_break + 1;
    const std::string_view content = content_of(text.substr(start, end - start));
    if (content.ends_with('-')) return start + content.size() - 1;
    const bool is_blank = content.find_first_not_of(kBlankOrBreak) == std::string_view::npos;
    if (!is_blank || start == 0) return offset;
    end = start - 1;
  }
}

bool is_closed_quote(std::string_view text, std::size_t offset) {
  const char quote = text[offset];
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_escaped = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!is_escaped) return true;
      ++i;
    }
  }
  return false;
}

TreeFailure explain_yaml_error(std::string_view text, std::size_t offset,
                               const std::string& message) {
  if (message.starts_with("the referenced anchor is not defined")) {
    const std::size_t end = text.find_first_of(" \t\r\n,[]{}", offset);
    const std::string alias(text.substr(offset, end - offset));
    return {"unknown-alias", "no anchor stands before the alias " + alias, offset, {}};
  }
  const PositionIndex positions(text);
  if (is_indented_with_tab(positions.line_at(offset))) {
    return {"not-yaml", "not YAML: a tab indents this line; YAML wants spaces", offset, {}};
  }
  if (offset < text.size() && text[offset] == '?') {
    return {"not-yaml", "a text that holds '?' must be quoted inside brackets", offset, {}};
  }
  return {"not-yaml", "not YAML: " + std::string(our_wording(message)), offset, {}};
}

}  // namespace rigjit
