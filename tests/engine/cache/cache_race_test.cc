// Processes that read, write, damage and remove the same entry at the same time.
#include <gtest/gtest.h>
#include <unistd.h>

#include <vector>

#include "cache/cache.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

constexpr int kProcesses = 4;
constexpr int kRounds = 200;

// Large enough for several writes' worth of time between creation and rename.
CodeImage large_image(uint8_t result) {
  CodeImage image = image_that_returns(result);
  image.bytes.resize(200'000, result);
  return image;
}

TEST(CacheRace, ReadersSeeWholeEntriesOnly) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("cache"));
  EXPECT_EQ(kProcesses, true_in_children(kProcesses, [&](int process) {
              const auto own = static_cast<uint8_t>(process + 1);
              for (int i = 0; i < kRounds; ++i) {
                if (!cache.store_code(some_key(), large_image(own))) return false;
                const auto found = cache.find_code(some_key());
                if (!found) return false;
                const uint32_t result = (*found)(nullptr, nullptr);
                if (result < 1 || result > kProcesses || found->bytes().back() != result) {
                  return false;
                }
              }
              return true;
            }));
  EXPECT_EQ(files_below(dir.path()).size(), 1u);
}

TEST(CacheRace, DamageIsNeverServed) {
  const ScratchDir dir;
  const DirectoryCache cache(dir.path("cache"));
  const std::string path = dir.path("cache/" + some_key().file_name());
  const std::vector<uint8_t> good = encode_code_file(some_key(), large_image(9));
  EXPECT_EQ(kProcesses, true_in_children(kProcesses, [&](int process) {
              for (int i = 0; i < kRounds; ++i) {
                if (process == 0) {
                  // As whole as a published file, but damaged.
                  std::vector<uint8_t> bad = good;
                  bad[bad.size() - 1 - static_cast<std::size_t>(i)] ^= 1;
                  bad[4096 + 64] ^= 0xff;
                  if (!cache.store_code(some_key(), large_image(9))) return false;
                  write_bytes(path + ".bad", bad);
                  ::rename((path + ".bad").c_str(), path.c_str());
                } else {
                  const auto found = cache.find_code(some_key());
                  if (found && (*found)(nullptr, nullptr) != 9) return false;
                }
              }
              return true;
            }));
  EXPECT_LE(files_below(dir.path()).size(), 1u);
}

}  // namespace
}  // namespace rigjit
