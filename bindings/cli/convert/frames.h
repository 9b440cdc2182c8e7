// Frames on their way from one form to another, a block at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rigjit::cli {

// What a frame is made of: vec_size() floats, or a value for each channel.
enum class Numbers : uint8_t { kVectors, kValues };

struct Frames {
  std::size_t count = 0;
  std::vector<float> floats;        // row after row
  std::vector<std::size_t> places;  // of each frame in its input, bad ones counted, from 0
};

}  // namespace rigjit::cli
