// A program whose parts can be called by themselves, to be measured.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "code/code_image.h"

namespace rigjit {

// (in, out, scratch) -> nonzero if anything is bad.
using PartFunction = uint32_t (*)(const float* in, uint8_t* out, float* scratch);

struct PartImage {
  struct Part {
    std::string name;  // "segment0.lanes.3"
    std::string what;  // what it computes
    std::vector<std::pair<uint32_t, uint32_t>> channels;
    uint32_t offset;  // of its PartFunction in the image
  };
  CodeImage image;
  std::vector<Part> parts;      // in the order of a call
  uint32_t scratch_floats = 0;  // aligned to 64 bytes
};

}  // namespace rigjit
