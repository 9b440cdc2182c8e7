#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>

#include "cache/cache.h"
#include "cache/code_header.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

class CodeFile : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(cache_.store_code(some_key(), image_that_returns(42)));
    good_ = bytes_of(path_);
  }
  // Why the cache does not use these bytes; empty if it does.
  std::string refusal(const std::vector<uint8_t>& bytes) {
    write_bytes(path_, bytes);
    const auto found = cache_.find_code(some_key());
    return found ? "" : found.error();
  }

  ScratchDir dir_;
  DirectoryCache cache_{dir_.path()};
  std::string path_ = dir_.path(some_key().file_name());
  std::vector<uint8_t> good_;
};

TEST_F(CodeFile, IsFoundAndRuns) {
  const auto found = cache_.find_code(some_key());
  ASSERT_TRUE(found) << found.error();
  EXPECT_EQ((*found)(nullptr, nullptr), 42u);
  EXPECT_EQ(found->instructions().data() - found->bytes().data(), 64);
  EXPECT_EQ(found->instructions().size(), 64u);
  EXPECT_TRUE(found->state_map().empty());
}

TEST_F(CodeFile, IsRefusedAndRemovedWhenAnyByteIsFlipped) {
  for (std::size_t i = 0; i < good_.size(); ++i) {
    // The rest of the first page is all alike.
    if (i >= sizeof(CodeHeader) + 8 && i < kImageOffset - 8) continue;
    std::vector<uint8_t> bytes = good_;
    bytes[i] ^= 0x01;
    EXPECT_NE(refusal(bytes), "") << "byte " << i;
    EXPECT_FALSE(std::filesystem::exists(path_)) << "byte " << i;
  }
  EXPECT_EQ(refusal(good_), "");
}

TEST_F(CodeFile, PutsNothingIntoReasonsThatIsNoText) {
  for (int bit = 0; bit < 8; ++bit) {
    for (std::size_t i = 0; i < sizeof(CodeHeader::llvm_version); ++i) {
      std::vector<uint8_t> bytes = good_;
      bytes[offsetof(CodeHeader, llvm_version) + i] ^= uint8_t(1U << bit);
      const std::string reason = refusal(bytes);
      EXPECT_TRUE(std::ranges::all_of(reason, [](char c) { return c >= ' ' && c <= '~'; }))
          << "byte " << i << ", bit " << bit;
    }
  }
}

TEST_F(CodeFile, IsRefusedWhenTruncatedOrLonger) {
  for (std::size_t size = 0; size < good_.size(); size += size < 300 ? 1 : 37) {
    EXPECT_NE(refusal({good_.begin(), good_.begin() + std::ptrdiff_t(size)}), "") << size;
  }
  std::vector<uint8_t> longer = good_;
  longer.push_back(0);
  EXPECT_THAT(refusal(longer), HasSubstr("size"));
}

TEST_F(CodeFile, OfAnotherFormatIsToldByWhatDiffers) {
  std::vector<uint8_t> bytes = good_;
  bytes[8] = 1;
  EXPECT_THAT(refusal(bytes), HasSubstr("its format is 1 instead of 3"));
  bytes = good_;
  bytes[12] += 8;
  EXPECT_THAT(refusal(bytes), HasSubstr("its header says that it has 160 bytes instead of 152"));
}

TEST_F(CodeFile, OfAnotherKeyIsRefusedByName) {
  const auto with = [](auto change) {
    CodeKey key = some_key();
    change(key);
    return key;
  };
  const std::pair<CodeKey, const char*> others[] = {
      {with([](CodeKey& key) { key.rig_hash.low ^= 1; }), "rig hash"},
      {with([](CodeKey& key) { key.program = Program::kValues; }), "program values"},
      {with([](CodeKey& key) { key.target = TargetId::kX86_64; }), "target x86-64 "},
      {with([](CodeKey& key) { key.kernel_abi += 1; }), "kernel ABI 3 instead of 2"},
      {with([](CodeKey& key) { key.engine_build.high ^= 1; }), "engine build"},
      {with([](CodeKey& key) { key.llvm_version = "20.1.0"; }), "LLVM 20.1.0 instead of 19.1.7"},
      {with([](CodeKey& key) { key.input_count += 1; }), "inputs 9 instead of 8"},
      {with([](CodeKey& key) { key.output_size += 1; }), "bytes 101 instead of 100"},
      {with([](CodeKey& key) { key.name_space.low = 1; }), "namespace"},
  };
  for (const auto& [key, reason] : others) {
    EXPECT_NE(key.file_name(), some_key().file_name()) << reason;
    EXPECT_THAT(refusal(encode_code_file(key, image_that_returns(42))), HasSubstr(reason));
  }
}

TEST_F(CodeFile, WithOffsetsOutsideItsCodeIsRefused) {
  for (const CodeOffsets offsets :
       {CodeOffsets{192, 0, 192, 0, 0}, CodeOffsets{63, 64, 64, 0, 0},
        CodeOffsets{128, 64, 64, 0, 0}, CodeOffsets{64, 64, 129, 0, 0},
        CodeOffsets{64, 64, 0, 0, 0}, CodeOffsets{64, 64, 64, 192, 4},
        CodeOffsets{64, 64, 64, 130, 4}, CodeOffsets{64, 64, 64, 128, 6},
        CodeOffsets{64, 0xffffffc0, 0xffffffff, 0, 0},
        CodeOffsets{64, 64, 64, 0xffffffc0, 0xfffffffc}}) {
    CodeImage image = image_that_returns(42);
    image.offsets = offsets;
    EXPECT_THAT(refusal(encode_code_file(some_key(), image)), HasSubstr("outside"));
  }
}

TEST_F(CodeFile, StaysUsableWhileReplacedAndRemoved) {
  const auto found = cache_.find_code(some_key());
  ASSERT_TRUE(found);
  ASSERT_TRUE(cache_.store_code(some_key(), image_that_returns(43)));
  EXPECT_EQ((*found)(nullptr, nullptr), 42u);
  std::filesystem::remove(path_);
  EXPECT_EQ((*found)(nullptr, nullptr), 42u);
  EXPECT_FALSE(cache_.find_code(some_key()));
}

}  // namespace
}  // namespace rigjit
