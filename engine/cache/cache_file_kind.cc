#include "cache/cache_file_kind.h"

#include <algorithm>

#include "cache/cache_tally.h"
#include "cache/publish.h"

namespace rigjit {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kWordCharacters = "0123456789abcdefghijklmnopqrstuvwxyz_";
constexpr std::size_t kHashDigits = 32;
constexpr std::size_t kRestDigits = 16;

// Takes characters of a set off the beginning of what is left of a name.
std::size_t skip(std::string_view& rest, std::string_view set) {
  const std::size_t count = std::min(rest.find_first_not_of(set), rest.size());
  rest.remove_prefix(count);
  return count;
}

bool skip_text(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) return false;
  rest.remove_prefix(text.size());
  return true;
}

// "<process>-<32 digits>" after the prefix.
bool is_temporary(std::string_view name) {
  return skip_text(name, kTemporaryPrefix) && skip(name, kDigits) > 0 && skip_text(name, "-") &&
         skip(name, kHexDigits) == kHashDigits && name.empty();
}

// "<32 digits>.spec".
bool is_spec(std::string_view name) {
  return skip(name, kHexDigits) == kHashDigits && name == ".spec";
}

// "<32 digits>-<program>-<target>-<16 digits>.code", where programs and targets are words with
// hyphens between them.
bool is_code(std::string_view name) {
  if (skip(name, kHexDigits) != kHashDigits) return false;
  std::size_t words = 0;
  while (skip_text(name, "-")) {
    const std::string_view word = name;
    if (skip(name, kWordCharacters) == 0) return false;
    const std::string_view last = word.substr(0, word.size() - name.size());
    if (name == ".code") {
      return words >= 2 && last.size() == kRestDigits &&
             last.find_first_not_of(kHexDigits) == std::string_view::npos;
    }
    ++words;
  }
  return false;
}

}  // namespace

CacheFileKind kind_of(std::string_view name, bool in_specs) noexcept {
  if (!in_specs && name == kTallyName) return CacheFileKind::kTally;
  if (is_temporary(name)) return CacheFileKind::kTemporary;
  if (!in_specs && is_code(name)) return CacheFileKind::kCode;
  if (in_specs && is_spec(name)) return CacheFileKind::kSpec;
  return CacheFileKind::kUnknown;
}

}  // namespace rigjit
