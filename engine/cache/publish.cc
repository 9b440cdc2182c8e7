#include "cache/publish.h"

#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "base/byte_codec.h"
#include "base/checksum.h"
#include "base/posix_file.h"

namespace rigjit {
namespace {

constexpr int kNameAttempts = 8;

std::string temporary_name() {
  std::array<uint8_t, 16> random{};
  if (::getrandom(random.data(), random.size(), GRND_NONBLOCK) != std::ssize(random)) {
    // Early in a boot; O_EXCL settles what a clock leaves open.
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    std::memcpy(random.data(), &now, sizeof(now));
  }
  return std::string(kTemporaryPrefix) + std::to_string(::getpid()) + "-" +
         checksum({random}).to_hex();
}

std::unexpected<std::string> failure(const char* step, int error) {
  return std::unexpected(std::string(step) + " failed: " + errno_text(error));
}

// Fills, closes and renames the new file.
std::expected<void, std::string> finish(int directory, UniqueFd file, const std::string& temporary,
                                        const std::string& name, std::span<const uint8_t> bytes) {
  if (const SysStatus usable = let_owner_use(file.get()); !usable) {
    return failure("setting its mode", usable.error());
  }
  if (const SysStatus written = write_all(file.get(), bytes); !written) {
    return failure("writing", written.error());
  }
  if (const SysStatus closed = file.close(); !closed) return failure("closing", closed.error());
  if (const SysStatus renamed = rename_at(directory, temporary.c_str(), name.c_str()); !renamed) {
    return failure("renaming", renamed.error());
  }
  return {};
}

}  // namespace

std::expected<void, std::string> publish(int directory, const std::string& name,
                                         std::span<const uint8_t> bytes) {
  std::string temporary = temporary_name();
  std::expected<UniqueFd, int> file = create_file_at(directory, temporary.c_str());
  for (int i = 1; i < kNameAttempts && !file && file.error() == EEXIST; ++i) {
    temporary = temporary_name();
    file = create_file_at(directory, temporary.c_str());
  }
  if (!file) return failure("creating a file", file.error());
  std::expected<void, std::string> result =
      finish(directory, std::move(*file), temporary, name, bytes);
  if (!result) {
    [[maybe_unused]] const SysStatus removed = remove_at(directory, temporary.c_str());
  }
  return result;
}

}  // namespace rigjit
