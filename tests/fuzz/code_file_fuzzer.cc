// A code file of the cache. Loading one never runs it: what is mapped here is bytes that no
// compiler made, so that a single call of it would end the process or worse.
#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include "base/checksum.h"
#include "cache/cache_entry.h"
#include "cache/code_header.h"
#include "code_file_seed.h"
#include "fuzz_target.h"

namespace rigjit::fuzz {
namespace {

// The first byte: whether the rest is a file, or a header and an image, and if so whether size and
// checksum are made right.
enum class Form : uint8_t { kFile, kParts, kSoundParts };

std::vector<uint8_t> laid_out(Bytes parts, bool sound) {
  CodeHeader header{};
  const std::size_t header_size = std::min(parts.size(), sizeof(header));
  std::copy_n(parts.begin(), header_size, reinterpret_cast<uint8_t*>(&header));
  const Bytes image = parts.subspan(header_size);
  std::vector<uint8_t> file(kImageOffset + image.size());
  std::ranges::copy(image, file.begin() + kImageOffset);
  if (sound) {
    header.image_size = image.size();
    header.checksum_high = header.checksum_low = 0;
    std::memcpy(file.data(), &header, sizeof(header));
    const Hash128 digest = checksum({Bytes(file)});
    header.checksum_high = digest.high;
    header.checksum_low = digest.low;
  }
  std::memcpy(file.data(), &header, sizeof(header));
  return file;
}

bool is_inside(const void* place, Bytes bytes) {
  const std::less_equal<const void*> not_behind;
  return not_behind(bytes.data(), place) && not_behind(place, bytes.data() + bytes.size());
}

void require_sound(const LoadedCode& code, Bytes file) {
  require(std::ranges::equal(code.bytes(), file.subspan(kImageOffset)),
          "the mapped bytes are the file's");
  require(is_inside(reinterpret_cast<const void*>(code.kernel()), code.bytes()),
          "the entry is in the image");
  require(is_inside(code.instructions().data(), code.bytes()) &&
              code.instructions().size() <= code.bytes().size(),
          "the instructions are in the image");
  require(is_inside(code.state_map().data(), code.bytes()) &&
              code.state_map().size_bytes() <= code.bytes().size(),
          "the state map is in the image");
}

void run(Bytes input) {
  const auto form = static_cast<Form>(take_choice(input) % 3);
  const std::vector<uint8_t> bytes = form == Form::kFile
                                         ? std::vector<uint8_t>(input.begin(), input.end())
                                         : laid_out(input, form == Form::kSoundParts);
  const MemoryFile file(bytes);
  const auto load = [&](const CodeKey& key) {
    const auto code = load_code_file(file.fd(), bytes.size(), key);
    if (code) {
      require_sound(*code, bytes);
    } else {
      require(!code.error().reason.empty(), "a miss has a reason");
    }
    return code.has_value();
  };
  const auto verified = verify_code_file(file.fd(), bytes.size());
  const auto key = read_code_key(file.fd(), bytes.size());
  require(key || !verified, "what is sound has a key");
  const bool is_wanted = load(code_file_key());
  if (!key) return require(!is_wanted, "what has no key is no hit");
  require(!key->file_name().empty(), "a key has a file name");
  require(load(*key) == verified.has_value(), "a file of the right key is used if it is sound");
  require(is_wanted == (verified && *key == code_file_key()), "a file of another key is no hit");
}

}  // namespace
}  // namespace rigjit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  rigjit::fuzz::run({data, size});
  return 0;
}
