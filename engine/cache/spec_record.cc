#include "cache/spec_record.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/byte_codec.h"
#include "base/checksum.h"
#include "code/build_id.h"

namespace rigjit {
namespace {

constexpr std::array<char, 8> kRecordMagic = {'R', 'I', 'G', 'J', 'I', 'T', 'S', '\n'};
// Raised with every change of the header, of encode_description or of the names' encoding.
constexpr uint32_t kRecordFormat = 4;

// The beginning of the file, as it lies on disk: engine/cache/cache_format.md.
struct RecordHeader {
  std::array<char, 8> magic;
  uint32_t format;
  uint32_t header_size;   // sizeof(RecordHeader)
  uint64_t payload_size;  // the file ends with the payload
  uint64_t key_high;
  uint64_t key_low;
  uint64_t text_size;
  // XXH3-128 of all before and of the payload.
  uint64_t checksum_high;
  uint64_t checksum_low;
};
static_assert(std::endian::native == std::endian::little);
static_assert(std::has_unique_object_representations_v<RecordHeader>);  // no padding
static_assert(sizeof(RecordHeader) == 64);
static_assert(offsetof(RecordHeader, key_high) == 24);
static_assert(offsetof(RecordHeader, checksum_high) == 48);

// The first byte of a payload.
enum class PayloadKind : uint8_t { kBaseLink = 0, kDescription = 1 };

FileFault bad(const char* reason) { return {reason, true}; }

Hash128 file_checksum(const RecordHeader& header, std::span<const uint8_t> payload) {
  const auto* begin = reinterpret_cast<const uint8_t*>(&header);
  return checksum({{begin, offsetof(RecordHeader, checksum_high)}, payload});
}

std::optional<FileFault> judge(const RecordHeader& header, uint64_t file_size,
                               const RecordKey* key) {
  if (header.magic != kRecordMagic) return bad("it is no spec record of rigjit");
  if (header.format != kRecordFormat || header.header_size != sizeof(RecordHeader)) {
    return bad("it has another format");
  }
  if (header.payload_size != file_size - sizeof(RecordHeader)) {
    return bad("its size is not what its header says");
  }
  const Hash128 digest{header.key_high, header.key_low};
  if (key != nullptr && (digest != key->digest || header.text_size != key->text_size)) {
    return bad("it was made for another spec");
  }
  return std::nullopt;
}

std::vector<uint8_t> encode_payload(const SpecRecord& record) {
  ByteWriter writer;
  if (const auto* link = std::get_if<BaseLink>(&record)) {
    writer.number(std::to_underlying(PayloadKind::kBaseLink));
    writer.text(link->base);
  } else {
    writer.number(std::to_underlying(PayloadKind::kDescription));
    writer.block(encode_description(std::get<RigDescription>(record)));
  }
  return std::move(writer).take();
}

std::optional<SpecRecord> decode_payload(std::span<const uint8_t> payload) {
  ByteReader reader(payload);
  const auto kind = PayloadKind{reader.number<uint8_t>()};
  if (kind == PayloadKind::kBaseLink) {
    BaseLink link{std::string(reader.text())};
    if (!reader.at_end() || link.base.empty()) return std::nullopt;
    return link;
  }
  const std::span<const uint8_t> encoded = reader.block();
  if (kind != PayloadKind::kDescription || !reader.at_end()) return std::nullopt;
  std::optional<RigDescription> description = decode_description(encoded);
  if (!description) return std::nullopt;
  return *std::move(description);
}

}  // namespace

std::string RecordKey::file_name() const { return digest.to_hex() + ".spec"; }

RecordKey record_key(const std::vector<std::string_view>& texts, std::string_view meaning) {
  ByteWriter rest;
  rest.number(kRecordFormat);
  rest.number(engine_build().high);
  rest.number(engine_build().low);
  rest.text(meaning);
  rest.number(uint64_t{texts.size()});
  RecordKey key;
  for (const std::string_view text : texts) {
    rest.number(uint64_t{text.size()});
    key.text_size += text.size();
  }
  const std::vector<uint8_t> beginning = std::move(rest).take();
  std::vector<std::span<const uint8_t>> parts{beginning};
  for (const std::string_view text : texts) parts.push_back(as_bytes(text));
  key.digest = checksum(parts);
  return key;
}

std::vector<uint8_t> encode_record_file(const RecordKey& key, const SpecRecord& record) {
  const std::vector<uint8_t> payload = encode_payload(record);
  RecordHeader header{};
  header.magic = kRecordMagic;
  header.format = kRecordFormat;
  header.header_size = sizeof(RecordHeader);
  header.payload_size = payload.size();
  header.key_high = key.digest.high;
  header.key_low = key.digest.low;
  header.text_size = key.text_size;
  const Hash128 digest = file_checksum(header, payload);
  header.checksum_high = digest.high;
  header.checksum_low = digest.low;
  std::vector<uint8_t> bytes(sizeof(header) + payload.size());
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), payload.data(), payload.size());
  return bytes;
}

std::expected<SpecRecord, FileFault> load_record_file(int fd, uint64_t file_size,
                                                      const RecordKey* key) {
  if (file_size < sizeof(RecordHeader)) return std::unexpected(bad("it is too short"));
  if (file_size > kMaxRecordSize) return std::unexpected(bad("it is too long"));
  std::vector<uint8_t> bytes(file_size);
  if (const SysStatus read = read_at(fd, bytes, 0); !read) {
    return std::unexpected(FileFault{"it cannot be read: " + errno_text(read.error()), false});
  }
  RecordHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::optional<FileFault> fault = judge(header, file_size, key)) {
    return std::unexpected(std::move(*fault));
  }
  const auto payload = std::span<const uint8_t>(bytes).subspan(sizeof(header));
  if (file_checksum(header, payload) != Hash128{header.checksum_high, header.checksum_low}) {
    return std::unexpected(bad("its checksum does not agree"));
  }
  std::optional<SpecRecord> record = decode_payload(payload);
  if (!record) return std::unexpected(bad("its content is malformed"));
  return *std::move(record);
}

}  // namespace rigjit
