// The first page of a code file, as it lies on disk: engine/cache/cache_format.md.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace rigjit {

inline constexpr std::array<char, 8> kCodeMagic = {'R', 'I', 'G', 'J', 'I', 'T', 'C', '\n'};
// Raised with every change of the layout.
inline constexpr uint32_t kCodeFormat = 3;
// The image begins on a page, so that it can be mapped.
inline constexpr uint64_t kImageOffset = 4096;
inline constexpr uint64_t kMaxImageSize = uint64_t{1} << 30;

struct CodeHeader {
  std::array<char, 8> magic;
  uint32_t format;
  uint32_t header_size;   // sizeof(CodeHeader)
  uint64_t image_size;    // the file ends with the image
  uint32_t entry_offset;  // these five: CodeOffsets
  uint32_t code_offset;
  uint32_t code_size;
  uint32_t state_offset;
  uint32_t state_size;
  uint32_t kernel_abi;
  uint64_t rig_hash_high;
  uint64_t rig_hash_low;
  uint64_t engine_build_high;
  uint64_t engine_build_low;
  std::array<char, 24> llvm_version;  // padded with NUL
  uint64_t output_size;
  uint32_t input_count;
  uint8_t program;
  uint8_t target;
  std::array<uint8_t, 2> reserved;  // zero
  uint64_t name_space_high;
  uint64_t name_space_low;
  // XXH3-128 of the first page, with these two fields zero, and of the image.
  uint64_t checksum_high;
  uint64_t checksum_low;
};

static_assert(std::endian::native == std::endian::little);
static_assert(std::is_trivially_copyable_v<CodeHeader>);
static_assert(std::has_unique_object_representations_v<CodeHeader>);  // no padding
static_assert(sizeof(CodeHeader) == 152);
static_assert(offsetof(CodeHeader, image_size) == 16);
static_assert(offsetof(CodeHeader, rig_hash_high) == 48);
static_assert(offsetof(CodeHeader, llvm_version) == 80);
static_assert(offsetof(CodeHeader, program) == 116);
static_assert(offsetof(CodeHeader, name_space_high) == 120);
static_assert(offsetof(CodeHeader, checksum_high) == 136);
static_assert(sizeof(CodeHeader) <= kImageOffset);

}  // namespace rigjit
