// A spec record of the cache. The first byte: 0, the rest is a file; 1, it is a payload, and the
// header is made right.
#include <algorithm>
#include <cstring>
#include <vector>

#include "base/checksum.h"
#include "cache/spec_record.h"
#include "fuzz_target.h"
#include "json/json_text.h"

namespace rigjit::fuzz {
namespace {

// The header of engine/cache/cache_format.md.
constexpr std::size_t kHeaderSize = 64;
constexpr std::size_t kPayloadSizeOffset = 16;
constexpr std::size_t kChecksumOffset = 48;

RecordKey some_key() { return record_key({"rigjit: 1"}, "options"); }

std::vector<uint8_t> with_header(Bytes payload) {
  std::vector<uint8_t> file = encode_record_file(some_key(), BaseLink{"base.yaml"});
  file.resize(kHeaderSize);
  const auto put = [&](std::size_t offset, uint64_t value) {
    std::memcpy(file.data() + offset, &value, sizeof(value));
  };
  put(kPayloadSizeOffset, payload.size());
  const Hash128 digest = checksum({Bytes(file).first(kChecksumOffset), payload});
  put(kChecksumOffset, digest.high);
  put(kChecksumOffset + 8, digest.low);
  file.insert(file.end(), payload.begin(), payload.end());
  return file;
}

void require_usable(const RigDescription& description) {
  require(decode_channels(description).size() == description.channel_count, "channels are counted");
  require(decode_inputs(description).size() == description.vec_size, "inputs are counted");
  require(description.rest_vec.size() == description.vec_size, "the rest vector fits");
  [[maybe_unused]] const JsonText text(description);
}

void run(Bytes input) {
  const bool is_payload = take_choice(input) % 2 == 1;
  const std::vector<uint8_t> bytes =
      is_payload ? with_header(input) : std::vector<uint8_t>(input.begin(), input.end());
  const MemoryFile file(bytes);
  const RecordKey key = some_key();
  const auto found = load_record_file(file.fd(), bytes.size(), &key);
  const auto listed = load_record_file(file.fd(), bytes.size(), nullptr);
  require(listed || !found, "what is found is listed");
  if (!listed) return require(!listed.error().reason.empty(), "a miss has a reason");
  require(!is_payload || found, "a sound file of the right key is found");
  if (const auto* description = std::get_if<RigDescription>(&*listed)) {
    require_usable(*description);
  } else {
    require(!std::get<BaseLink>(*listed).base.empty(), "a base has a name");
  }
  if (found) require(encode_record_file(key, *found) == bytes, "one record, one file");
}

}  // namespace
}  // namespace rigjit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  rigjit::fuzz::run({data, size});
  return 0;
}
