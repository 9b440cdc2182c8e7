#include "cache/cache_entry.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/checksum.h"
#include "cache/code_header.h"

namespace rigjit {
namespace {

// The first page of a code file.
using Page = std::array<uint8_t, kImageOffset>;

FileFault bad(std::string reason) { return {std::move(reason), true}; }
FileFault unread(int error) { return {"it cannot be read: " + errno_text(error), false}; }

CodeHeader header_of(const Page& page) {
  CodeHeader header;
  std::memcpy(&header, page.data(), sizeof(header));
  return header;
}

void put_header(const CodeHeader& header, Page& page) {
  std::memcpy(page.data(), &header, sizeof(header));
}

Hash128 file_checksum(Page page, std::span<const uint8_t> image) {
  CodeHeader header = header_of(page);
  header.checksum_high = 0;
  header.checksum_low = 0;
  put_header(header, page);
  return checksum({page, image});
}

bool checksum_agrees(const Page& page, std::span<const uint8_t> image) {
  const CodeHeader header = header_of(page);
  return file_checksum(page, image) == Hash128{header.checksum_high, header.checksum_low};
}

CodeOffsets offsets_of(const CodeHeader& header) {
  return {header.entry_offset, header.code_offset, header.code_size, header.state_offset,
          header.state_size};
}

// Size, magic, version, then what the rest of the header says of itself.
std::expected<Page, FileFault> read_page(int fd, uint64_t file_size) {
  if (file_size <= kImageOffset) return std::unexpected(bad("it is too short"));
  Page page;
  if (const SysStatus read = read_at(fd, page, 0); !read) {
    return std::unexpected(unread(read.error()));
  }
  const CodeHeader header = header_of(page);
  if (header.magic != kCodeMagic) return std::unexpected(bad("it is no code file of rigjit"));
  if (header.format != kCodeFormat) {
    return std::unexpected(bad("its format is " + std::to_string(header.format) + " instead of " +
                               std::to_string(kCodeFormat)));
  }
  if (header.header_size != sizeof(CodeHeader)) {
    return std::unexpected(bad("its header says that it has " + std::to_string(header.header_size) +
                               " bytes instead of " + std::to_string(sizeof(CodeHeader))));
  }
  if (header.image_size > kMaxImageSize || header.image_size != file_size - kImageOffset) {
    return std::unexpected(bad("its size is not what its header says"));
  }
  if (!offsets_fit(offsets_of(header), header.image_size)) {
    return std::unexpected(bad("its entry or state map lies outside its code"));
  }
  return page;
}

// Text with NUL behind it: whatever else stands there would go into messages.
bool is_version(std::span<const char> field) {
  const auto end = std::ranges::find(field, '\0');
  return end != field.begin() && end != field.end() &&
         std::all_of(field.begin(), end, [](char c) { return c > ' ' && c <= '~'; });
}

std::expected<CodeKey, FileFault> key_of(const CodeHeader& header) {
  const auto is_known = [&](const Target& target) {
    return static_cast<uint8_t>(target.id) == header.target;
  };
  if (to_string(static_cast<Program>(header.program)) == nullptr ||
      std::ranges::none_of(all_targets(), is_known) || !is_version(header.llvm_version)) {
    return std::unexpected(bad("its program, target or LLVM version is unknown"));
  }
  CodeKey key;
  key.rig_hash = {header.rig_hash_high, header.rig_hash_low};
  key.program = static_cast<Program>(header.program);
  key.target = static_cast<TargetId>(header.target);
  key.kernel_abi = header.kernel_abi;
  key.engine_build = {header.engine_build_high, header.engine_build_low};
  key.llvm_version = header.llvm_version.data();
  key.input_count = header.input_count;
  key.output_size = header.output_size;
  key.name_space = {header.name_space_high, header.name_space_low};
  return key;
}

CodeHeader make_header(const CodeKey& key, const CodeImage& image) {
  CodeHeader header{};
  header.magic = kCodeMagic;
  header.format = kCodeFormat;
  header.header_size = sizeof(CodeHeader);
  header.image_size = image.bytes.size();
  header.entry_offset = image.offsets.entry;
  header.code_offset = image.offsets.code;
  header.code_size = image.offsets.code_size;
  header.state_offset = image.offsets.state;
  header.state_size = image.offsets.state_size;
  header.kernel_abi = key.kernel_abi;
  header.rig_hash_high = key.rig_hash.high;
  header.rig_hash_low = key.rig_hash.low;
  header.engine_build_high = key.engine_build.high;
  header.engine_build_low = key.engine_build.low;
  key.llvm_version.copy(header.llvm_version.data(), header.llvm_version.size() - 1);
  header.output_size = key.output_size;
  header.input_count = key.input_count;
  header.program = static_cast<uint8_t>(key.program);
  header.target = static_cast<uint8_t>(key.target);
  header.name_space_high = key.name_space.high;
  header.name_space_low = key.name_space.low;
  return header;
}

std::expected<std::vector<uint8_t>, FileFault> read_image(int fd, uint64_t size) {
  std::vector<uint8_t> bytes(size);
  if (const SysStatus read = read_at(fd, bytes, kImageOffset); !read) {
    return std::unexpected(unread(read.error()));
  }
  return bytes;
}

// For file systems that nothing may be executed from.
std::expected<LoadedCode, FileFault> load_copy(int fd, const Page& page) {
  const CodeHeader header = header_of(page);
  std::expected<std::vector<uint8_t>, FileFault> bytes = read_image(fd, header.image_size);
  if (!bytes) return std::unexpected(bytes.error());
  if (!checksum_agrees(page, *bytes)) return std::unexpected(bad("its checksum does not agree"));
  const CodeImage image{std::move(*bytes), offsets_of(header)};
  Result<LoadedCode> code = LoadedCode::copy(image);
  if (!code) return std::unexpected(FileFault{code.errors().front().message, false});
  return std::move(code).value();
}

}  // namespace

std::vector<uint8_t> encode_code_file(const CodeKey& key, const CodeImage& image) {
  Page page{};
  CodeHeader header = make_header(key, image);
  put_header(header, page);
  const Hash128 digest = file_checksum(page, image.bytes);
  header.checksum_high = digest.high;
  header.checksum_low = digest.low;
  put_header(header, page);
  std::vector<uint8_t> bytes(page.size() + image.bytes.size());
  std::ranges::copy(page, bytes.begin());
  std::ranges::copy(image.bytes, bytes.begin() + page.size());
  return bytes;
}

std::expected<CodeKey, FileFault> read_code_key(int fd, uint64_t file_size) {
  const std::expected<Page, FileFault> page = read_page(fd, file_size);
  if (!page) return std::unexpected(page.error());
  return key_of(header_of(*page));
}

std::optional<uint32_t> read_code_format(int fd) {
  CodeHeader header{};
  const std::span<uint8_t> start(reinterpret_cast<uint8_t*>(&header),
                                 offsetof(CodeHeader, header_size));
  if (!read_at(fd, start, 0) || header.magic != kCodeMagic) return std::nullopt;
  return header.format;
}

std::expected<LoadedCode, FileFault> load_code_file(int fd, uint64_t file_size,
                                                    const CodeKey& key) {
  const std::expected<Page, FileFault> page = read_page(fd, file_size);
  if (!page) return std::unexpected(page.error());
  const CodeHeader header = header_of(*page);
  const std::expected<CodeKey, FileFault> found = key_of(header);
  if (!found) return std::unexpected(found.error());
  if (const std::string difference = found->difference(key); !difference.empty()) {
    return std::unexpected(bad("it was made for another key: " + difference));
  }
  std::expected<LoadedCode, int> code =
      LoadedCode::map_file(fd, kImageOffset, header.image_size, offsets_of(header));
  if (!code) return load_copy(fd, *page);
  if (!checksum_agrees(*page, code->bytes())) {
    return std::unexpected(bad("its checksum does not agree"));
  }
  return std::move(*code);
}

std::expected<CodeKey, FileFault> verify_code_file(int fd, uint64_t file_size) {
  const std::expected<Page, FileFault> page = read_page(fd, file_size);
  if (!page) return std::unexpected(page.error());
  const std::expected<std::vector<uint8_t>, FileFault> image =
      read_image(fd, header_of(*page).image_size);
  if (!image) return std::unexpected(image.error());
  if (!checksum_agrees(*page, *image)) {
    return std::unexpected(bad("its checksum does not agree"));
  }
  return key_of(header_of(*page));
}

}  // namespace rigjit
