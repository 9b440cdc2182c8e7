// Words that a command line may have, for messages about those that it may not.
#pragma once

#include <string>
#include <vector>

namespace rigjit::cli {

[[nodiscard]] std::string joined(const std::vector<std::string>& words, const char* between = ",");

// "; did you mean 'check'?", or nothing where no word is near.
[[nodiscard]] std::string did_you_mean(const std::string& word,
                                       const std::vector<std::string>& words);

}  // namespace rigjit::cli
