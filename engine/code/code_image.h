// Machine code as relocated, position-independent bytes: what the cache stores and the loader maps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rigjit {

// Where things lie in the bytes of an image; checked before it is mapped.
struct CodeOffsets {
  uint32_t entry = 0;  // of the KernelFunction
  uint32_t code = 0;   // of the machine code; all else is constants
  uint32_t code_size = 0;
  uint32_t state = 0;       // of a continuous program's state map (code/program.h)
  uint32_t state_size = 0;  // in bytes; zero for other programs
  friend bool operator==(const CodeOffsets&, const CodeOffsets&) = default;
};

// Whether the code lies inside an image of `size` bytes, the entry inside the code, and the state
// map inside the image, aligned as uint32.
[[nodiscard]] bool offsets_fit(const CodeOffsets& offsets, std::size_t size) noexcept;

struct CodeImage {
  std::vector<uint8_t> bytes;  // code and constants, one block; runs at any 64-byte aligned address
  CodeOffsets offsets;
};

}  // namespace rigjit
