// One file of the cache that holds machine code: engine/cache/cache_format.md.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/posix_file.h"
#include "cache/code_key.h"
#include "code/code_image.h"
#include "code/loaded_code.h"

namespace rigjit {

// Why a file of the cache was not used.
struct FileFault {
  std::string reason;
  bool bad_content = false;  // the bytes are wrong and always will be; false: could not be read
  bool missing = false;      // there is no such file
};

// The whole file.
[[nodiscard]] std::vector<uint8_t> encode_code_file(const CodeKey& key, const CodeImage& image);

// The key of an open file whose header is well-formed; neither key nor checksum are judged.
[[nodiscard]] std::expected<CodeKey, FileFault> read_code_key(int fd, uint64_t file_size);

// The format of an open file that is a code file, whether or not this build knows it.
[[nodiscard]] std::optional<uint32_t> read_code_format(int fd);

// Maps the code of an open file of `file_size` bytes if it was made for `key`, its header is
// sound and the checksum of header and mapped bytes agrees. Where the file cannot be mapped for
// execution (a noexec mount), runs from an anonymous copy.
[[nodiscard]] std::expected<LoadedCode, FileFault> load_code_file(int fd, uint64_t file_size,
                                                                  const CodeKey& key);

// Checks everything but the key, without mapping for execution: for `rigjit cache verify`.
[[nodiscard]] std::expected<CodeKey, FileFault> verify_code_file(int fd, uint64_t file_size);

}  // namespace rigjit
