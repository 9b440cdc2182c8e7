#include "poses/looks_like.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace rigjit {
namespace {

using std::string_view_literals::operator""sv;

struct Start {
  std::string_view bytes;
  const char* what;
};

constexpr Start kStarts[] = {
    {"\x93NUMPY"sv, "an array in a .npy file: read it, and pass values to values_to_vec"},
    {"PK\x03\x04"sv, "a zip or .npz archive: pass what is in it"},
    {"\x1f\x8b"sv, "gzip: decompress it first"},
    {"\x28\xb5\x2f\xfd"sv, "zstd: decompress it first"},
    {"BZh"sv, "bzip2: decompress it first"},
    {"\xfd\x37zXZ"sv, "xz: decompress it first"},
    {"\xff\xfe"sv, "text in UTF-16: write it as UTF-8"},
    {"\xfe\xff"sv, "text in UTF-16: write it as UTF-8"},
    {"RIGJITL\n"sv, "a stream of frames: rigjit_clip.stream reads it"},
    {"{'"sv, "a dict of Python as text: pass the dict, or its json.dumps"},
    {"rigjit:"sv, "the spec of a rig: loads reads it"},
};

// Protocols 2 and later begin with a map of nothing, if it were MessagePack.
bool is_pickle(std::string_view text) {
  constexpr char kNewestProtocol = 5;
  return text.size() > 2 && text[0] == '\x80' && text[1] >= 2 && text[1] <= kNewestProtocol &&
         text.back() == '.';
}

bool is_safetensors(std::string_view text) {
  constexpr std::size_t kLength = 8;
  return text.size() > kLength + 1 && text[kLength] == '{' && text[kLength - 1] == 0 &&
         text[kLength - 2] == 0;
}

// One line without what JSON is made of, that ends as file names do or has a folder.
bool is_path(std::string_view text) {
  constexpr std::size_t kLongest = 4096;
  if (text.empty() || text.size() > kLongest) return false;
  if (text.find_first_of("{}[]\"\n\r\0"sv) != std::string_view::npos) return false;
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return false;
  }
  const std::size_t slash = text.find_last_of("/\\");
  const std::string_view name = slash == std::string_view::npos ? text : text.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  constexpr std::size_t kLongestSuffix = 12;
  const bool has_suffix = dot != std::string_view::npos && dot > 0 && dot + 1 < name.size() &&
                          name.size() - dot <= kLongestSuffix &&
                          name.find(' ', dot) == std::string_view::npos;
  return has_suffix || slash != std::string_view::npos;
}

}  // namespace

std::string looks_like(std::span<const uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto it = [](const char* what) { return std::string("it looks like ") + what; };
  if (is_pickle(text)) return it("a pickle: pass what pickle.loads makes of it");
  for (const Start& start : kStarts) {
    if (text.starts_with(start.bytes)) return it(start.what);
  }
  if (is_safetensors(text)) {
    return it("a safetensors file: rigjit_clip.open reads clips, clips.load_vectors vectors");
  }
  if (is_path(text)) return it("a path: read the file, and pass its bytes");
  return {};
}

}  // namespace rigjit
