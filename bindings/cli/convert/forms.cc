#include "convert/forms.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>

#include "clips/file_header.h"

namespace rigjit::cli {
namespace {

// Lower case, with its dot.
std::string suffix_of(const std::string& name) {
  std::string suffix = std::filesystem::path(name).extension();
  std::ranges::transform(suffix, suffix.begin(), [](unsigned char c) { return std::tolower(c); });
  return suffix;
}

bool begins_message(uint8_t first) {
  const bool is_map = (first & 0xf0) == 0x80 || first == 0xde || first == 0xdf;
  const bool is_array = (first & 0xf0) == 0x90 || first == 0xdc || first == 0xdd;
  return is_map || is_array;
}

bool begins_json(std::string_view start) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (start.starts_with(kByteOrderMark)) start.remove_prefix(kByteOrderMark.size());
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return start.size() > kByteOrderMark.size();
  return start[first] == '{' || start[first] == '[';
}

}  // namespace

Result<Content> content_of(Source& source) {
  constexpr std::size_t kStart = 64;
  const Result<std::string_view> peeked = source.peek(kStart);
  if (!peeked) return peeked.errors();
  const std::string_view start = *peeked;
  if (start.starts_with("\x93NUMPY")) return Content::kNpy;
  if (may_be_file_header(start)) return Content::kSafetensors;
  if (start.empty()) return Content::kUnknown;
  if (begins_message(static_cast<uint8_t>(start[0]))) return Content::kMessages;
  return begins_json(start) ? Content::kJson : Content::kUnknown;
}

const std::map<std::string, Form>& input_forms() {
  static const std::map<std::string, Form> forms = {{"vectors", Form::kVectors},
                                                    {"values", Form::kValues},
                                                    {"messages", Form::kMessages},
                                                    {"json", Form::kJson},
                                                    {"clip", Form::kClip}};
  return forms;
}

const std::map<std::string, Form>& output_forms() {
  static const std::map<std::string, Form> forms = [] {
    std::map<std::string, Form> all = input_forms();
    all.emplace("jsonl", Form::kJsonLines);
    return all;
  }();
  return forms;
}

Form form_for(const std::string& name, bool from_vectors) {
  const std::string suffix = suffix_of(name);
  if (suffix == ".msgpack") return Form::kMessages;
  if (suffix == ".json") return Form::kJson;
  if (suffix == ".jsonl" || suffix == ".ndjson") return Form::kJsonLines;
  if (suffix == ".clip") return Form::kClip;
  if (!from_vectors) return Form::kVectors;
  if (suffix == ".npy") return Form::kValues;
  return suffix == ".safetensors" ? Form::kClip : Form::kMessages;
}

const char* extension_of(Form form) {
  switch (form) {
    case Form::kVectors:
    case Form::kValues:
      return ".npy";
    case Form::kMessages:
      return ".msgpack";
    case Form::kJson:
      return ".json";
    case Form::kJsonLines:
      return ".jsonl";
    case Form::kClip:
      return ".safetensors";
  }
  return "";
}

bool is_safetensors(const std::string& name) { return suffix_of(name) == ".safetensors"; }

}  // namespace rigjit::cli
