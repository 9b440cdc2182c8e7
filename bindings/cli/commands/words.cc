#include "commands/words.h"

#include <optional>
#include <string_view>

#include "base/suggest.h"

namespace rigjit::cli {

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words) {
  const std::vector<std::string_view> candidates(words.begin(), words.end());
  const std::optional<std::string> near = nearest(word, candidates);
  return near ? "; did you mean '" + *near + "'?" : "";
}

}  // namespace rigjit::cli
