#include "plan/words.h"

#include <array>
#include <charconv>
#include <utility>

namespace rigjit {

std::string digits(float value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

const char* word_of(Rot6dLayout layout) {
  constexpr std::array<const char*, 3> kWords = {"columns", "rows", "interleaved"};
  return kWords[std::to_underlying(layout)];
}

const char* word_of(RotationOutput output) {
  return output == RotationOutput::kEuler ? "euler" : "quaternion";
}

}  // namespace rigjit
