// A program as lines of text, each with the channels that it works for.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rigjit {

struct CodeListing {
  struct Line {
    std::string text;
    std::vector<std::pair<uint32_t, uint32_t>> channels;  // [first, last], ascending
  };
  std::vector<Line> ir;
  std::vector<Line> assembly;
};

}  // namespace rigjit
