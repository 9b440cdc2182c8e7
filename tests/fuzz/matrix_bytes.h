// A safetensors file made of a fuzzer's input.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "fuzz_target.h"

namespace rigjit::fuzz {

// The first byte: 0, the rest is the file; 1, it is the header's JSON up to a NUL and then data,
// and the length before the JSON is made right.
inline std::vector<uint8_t> matrix_bytes(Bytes input) {
  if (take_choice(input) % 2 == 0) return {input.begin(), input.end()};
  const auto end = std::ranges::find(input, uint8_t{0});
  const auto json_size = static_cast<uint64_t>(end - input.begin());
  std::vector<uint8_t> file(sizeof(json_size));
  std::memcpy(file.data(), &json_size, sizeof(json_size));
  file.insert(file.end(), input.begin(), end);
  if (end != input.end()) file.insert(file.end(), end + 1, input.end());
  return file;
}

}  // namespace rigjit::fuzz
