#include "spec/mirror_names.h"

namespace rigjit {
namespace {

bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_small(c) || is_capital(c); }

// Whether a word may end before `at` and another begin there.
bool is_boundary(std::string_view name, std::size_t at) {
  if (at == 0 || at >= name.size()) return true;
  if (!is_letter(name[at - 1]) || !is_letter(name[at])) return true;
  const bool small_behind = at + 1 < name.size() && is_small(name[at + 1]);
  return is_capital(name[at]) && (is_small(name[at - 1]) || small_behind);
}

bool stands_at(std::string_view name, std::size_t at, std::string_view text) {
  return name.substr(at).starts_with(text) && is_boundary(name, at + text.size());
}

}  // namespace

std::string mirrored_name(std::string_view name, const std::vector<MirrorSpec::Pair>& pairs) {
  std::string mirrored;
  for (std::size_t at = 0; at < name.size();) {
    std::string_view text;
    std::string_view other;
    if (is_boundary(name, at)) {
      for (const auto& [left, right] : pairs) {
        if (left.size() > text.size() && stands_at(name, at, left)) text = left, other = right;
        if (right.size() > text.size() && stands_at(name, at, right)) text = right, other = left;
      }
    }
    mirrored += text.empty() ? name.substr(at, 1) : other;
    at += text.empty() ? 1 : text.size();
  }
  return mirrored;
}

}  // namespace rigjit
