#include "cache/cache_tally.h"

#include <array>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_codec.h"
#include "base/checksum.h"
#include "base/posix_file.h"
#include "cache/cache_dir.h"
#include "cache/publish.h"
#include "cache/trust.h"

namespace rigjit {
namespace {

constexpr uint64_t kMagic = 0x0A595454'4A474952;  // "RIGJTTY\n" when read as bytes
constexpr uint32_t kFormat = 1;
constexpr std::size_t kSize = 8 + 4 + 8 + 8 + 8;

// Everything but the checksum of it, which follows.
std::vector<uint8_t> encode(const Tally& tally) {
  ByteWriter writer;
  writer.number(kMagic);
  writer.number(kFormat);
  writer.number(tally.bytes);
  writer.number(static_cast<int64_t>(tally.swept));
  return std::move(writer).take();
}

// In the file that is there, if it is one of this format: some file systems write what is renamed
// over another file to the disk at once, which takes milliseconds, and every store would wait for
// it. A tally of which only half was written fails its checksum, and is none.
bool overwrite(int directory, std::span<const uint8_t> bytes) {
  const std::expected<UniqueFd, int> file =
      open_file_to_write_at(directory, std::string(kTallyName).c_str());
  if (!file) return false;
  const std::expected<struct stat, int> status = status_of(file->get());
  return status && S_ISREG(status->st_mode) && status->st_nlink == 1 && !distrust(*status) &&
         status->st_size == std::ssize(bytes) && write_at(file->get(), bytes, 0);
}

}  // namespace

std::optional<Tally> read_tally(int directory) {
  const std::expected<TrustedFile, FileFault> file =
      open_cache_file(directory, std::string(kTallyName));
  if (!file || file->status.st_size != kSize) return std::nullopt;
  std::array<uint8_t, kSize> bytes;
  if (!read_at(file->fd.get(), bytes, 0)) return std::nullopt;
  ByteReader reader(bytes);
  const auto magic = reader.number<uint64_t>();
  const auto format = reader.number<uint32_t>();
  Tally tally;
  tally.bytes = reader.number<uint64_t>();
  tally.swept = static_cast<std::time_t>(reader.number<int64_t>());
  const auto digest = reader.number<uint64_t>();
  if (magic != kMagic || format != kFormat || digest != checksum({encode(tally)}).low) {
    return std::nullopt;
  }
  return tally;
}

void write_tally(int directory, const Tally& tally) {
  std::vector<uint8_t> bytes = encode(tally);
  const uint64_t digest = checksum({bytes}).low;
  const auto* tail = reinterpret_cast<const uint8_t*>(&digest);
  bytes.insert(bytes.end(), tail, tail + sizeof(digest));
  if (overwrite(directory, bytes)) return;
  [[maybe_unused]] const std::expected<void, std::string> kept =
      publish(directory, std::string(kTallyName), bytes);
}

}  // namespace rigjit
