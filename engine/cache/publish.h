// Making a file of the cache appear all at once.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace rigjit {

// Names that publish() gives to files it has not finished begin so; a crash may leave them behind.
inline constexpr std::string_view kTemporaryPrefix = ".tmp-";

// Writes `bytes` under a temporary name that nobody else uses and renames it to `name`, over what
// was there. Readers see the old file or the new one, whole. After a failure the temporary file is
// gone and the error says what failed. `directory` is an open directory.
[[nodiscard]] std::expected<void, std::string> publish(int directory, const std::string& name,
                                                       std::span<const uint8_t> bytes);

}  // namespace rigjit
