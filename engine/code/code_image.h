// Machine code as relocated, position-independent bytes: what the cache stores and the loader maps.
#pragma once

#include <cstdint>
#include <vector>

namespace rigjit {

struct CodeImage {
  std::vector<uint8_t> bytes;  // code and constants, one block; runs at any 64-byte aligned address
  uint32_t entry_offset = 0;   // of the KernelFunction in bytes
  uint32_t table_offset = 0;   // of its table in bytes, 64-byte aligned
  uint32_t table_size = 0;
};

}  // namespace rigjit
