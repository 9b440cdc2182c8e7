// Files of the cache with any damage: they are refused, and what is run and read is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "cache/cache.h"
#include "cache/cache_layers.h"
#include "cache/code_header.h"
#include "engine/rig_fixture.h"
#include "long_run.h"

namespace rigjit {
namespace {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937_64;

int rounds() { return testing::is_long_run() ? 100'000 : 2'000; }

std::size_t below(Random& random, std::size_t end) {
  return std::uniform_int_distribution<std::size_t>(0, end - 1)(random);
}

// What a bad disk, a lost page, a copy cut short or a hand makes of a file. May change nothing.
Bytes damaged(const Bytes& good, const Bytes& other, Random& random) {
  Bytes bytes = good;
  const std::size_t at = below(random, bytes.size());
  const std::size_t length = 1 + below(random, bytes.size() - at);
  const auto begin = bytes.begin() + std::ptrdiff_t(at);
  switch (below(random, 8)) {
    case 0:
      bytes[at] ^= static_cast<uint8_t>(1u << below(random, 8));
      break;
    case 1:
      bytes[below(random, std::min(bytes.size(), sizeof(CodeHeader)))] = uint8_t(random());
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      std::fill_n(begin, length, uint8_t{0});
      break;
    case 4:
      std::generate_n(begin, length, [&] { return uint8_t(random()); });
      break;
    case 5:
      std::copy_n(other.begin(), std::min(other.size(), length), begin);
      bytes.resize(std::max(bytes.size(), at + 1));
      break;
    case 6:
      std::rotate(begin, begin + std::ptrdiff_t(length / 2), begin + std::ptrdiff_t(length));
      break;
    default:
      bytes.insert(begin, length % 300, uint8_t(random()));
  }
  return bytes;
}

// The kernel of the damaged files ends the process, so that running any of it is seen.
CodeImage deadly_image() {
  CodeImage image = image_that_returns(0);
  std::fill(image.bytes.begin(), image.bytes.begin() + 128, uint8_t{0x0f});
  return image;
}

TEST(CacheDamage, OfCodeIsNeverRun) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path());
  const std::string path = dir.path(some_key().file_name());
  const Bytes good = encode_code_file(some_key(), deadly_image());
  CodeKey other_key = some_key();
  other_key.rig_hash.high ^= 1;
  const Bytes other = encode_code_file(other_key, image_that_returns(1));
  Random random(1);
  for (int i = 0; i < rounds(); ++i) {
    const Bytes bytes = damaged(good, other, random);
    if (bytes == good) continue;
    write_bytes(path, bytes);
    const auto found = cache.find_code(some_key());
    ASSERT_FALSE(found) << i;
    ASSERT_NE(found.error(), "");
    ASSERT_FALSE(std::filesystem::exists(path)) << i << ": " << found.error();
  }
}

TEST(CacheDamage, OfRecordsIsNeverBelieved) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path());
  ASSERT_TRUE(cache.store_record(some_record_key(), some_description()));
  const std::string path = dir.path("specs/" + some_record_key().file_name());
  const Bytes good = bytes_of(path);
  const Bytes other = encode_record_file(record_key({"other"}, ""), BaseLink{"base.yaml"});
  Random random(2);
  for (int i = 0; i < rounds(); ++i) {
    const Bytes bytes = damaged(good, other, random);
    if (bytes == good) continue;
    write_bytes(path, bytes);
    ASSERT_FALSE(cache.find_record(some_record_key())) << i;
    ASSERT_FALSE(std::filesystem::exists(path)) << i;
  }
}

// Whoever makes the checksum right again may write the cache anyway, and still must not make the
// loader read or run outside of what it mapped.
TEST(CacheDamage, WithTheRightChecksumLeadsNowhereElse) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path());
  const std::string path = dir.path(some_key().file_name());
  Random random(3);
  for (int i = 0; i < rounds(); ++i) {
    CodeKey key = some_key();
    CodeImage image = image_that_returns(1);
    for (uint32_t* field : {&image.offsets.entry, &image.offsets.code, &image.offsets.code_size,
                            &image.offsets.state, &image.offsets.state_size}) {
      if (random() % 2 == 0) *field = static_cast<uint32_t>(random() >> (32 + random() % 32));
    }
    if (random() % 4 == 0) key.output_size = random();
    if (random() % 4 == 0) key.input_count = static_cast<uint32_t>(random());
    write_bytes(path, encode_code_file(key, image));
    const auto found = cache.find_code(some_key());
    if (!found) continue;
    ASSERT_EQ(key, some_key());
    const std::span<const uint8_t> mapped = found->bytes();
    ASSERT_LT(image.offsets.entry, mapped.size());
    ASSERT_LE(uint64_t{image.offsets.code} + image.offsets.code_size, mapped.size());
    ASSERT_LE(uint64_t{image.offsets.state} + image.offsets.state_size, mapped.size());
  }
}

// Whole loads, from a farm's directory that is damaged and one's own that is sound.
TEST(CacheDamage, GivesWholeLoadsTheRightBytes) {
  const ScratchDir dir;
  const std::string farm = dir.path("farm");
  const std::string own = dir.path("own");
  const Bytes right = message_of(*small_core(no_cache()));
  ASSERT_TRUE(small_core(std::make_shared<const DirectoryCache>(farm)));
  std::filesystem::copy(farm, own);
  ASSERT_EQ(files_below(farm).size(), 1u);
  const std::string path = files_below(farm).front();
  const Bytes good = bytes_of(path);
  const auto layers = open_cache(farm + ":" + own);
  const auto damaged_alone = std::make_shared<const DirectoryCache>(farm);
  Random random(4);
  for (int i = 0; i < rounds(); ++i) {
    write_bytes(path, damaged(good, good, random));
    // The other way round costs a compilation.
    const bool is_alone = i % 20 == 0;
    const auto core = small_core(is_alone ? damaged_alone : layers);
    ASSERT_TRUE(core) << i;
    ASSERT_EQ(message_of(*core), right) << i;
    ASSERT_EQ(bytes_of(files_below(own).front()), good) << i;
  }
}

}  // namespace
}  // namespace rigjit
