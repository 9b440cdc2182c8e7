// The files are read as perf's specification of jitdump says, not through the writer's structs.
#include "code/profile.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;

struct Loaded {
  uint64_t timestamp, vma, address, size, index;
  uint32_t pid, tid;
  std::string name;
  std::vector<uint8_t> code;
};

struct Dump {
  uint32_t magic, version, machine, pid;
  uint64_t timestamp, flags;
  std::vector<Loaded> records;
};

// Takes numbers off the front of bytes.
class Reader {
 public:
  explicit Reader(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}
  template <typename T>
  T take() {
    T value{};
    EXPECT_LE(at_ + sizeof(T), bytes_.size());
    if (at_ + sizeof(T) <= bytes_.size()) std::memcpy(&value, &bytes_[at_], sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  std::string take_text() {
    std::string text;
    while (at_ < bytes_.size() && bytes_[at_] != 0) text += static_cast<char>(bytes_[at_++]);
    ++at_;
    return text;
  }
  std::vector<uint8_t> take_bytes(std::size_t count) {
    std::vector<uint8_t> part;
    while (count-- > 0) part.push_back(take<uint8_t>());
    return part;
  }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ >= bytes_.size(); }

 private:
  std::vector<uint8_t> bytes_;
  std::size_t at_ = 0;
};

Dump read_dump(const std::string& path) {
  Reader in(bytes_of(path));
  Dump dump{};
  dump.magic = in.take<uint32_t>();
  dump.version = in.take<uint32_t>();
  EXPECT_EQ(in.take<uint32_t>(), 40u);
  dump.machine = in.take<uint32_t>();
  EXPECT_EQ(in.take<uint32_t>(), 0u);
  dump.pid = in.take<uint32_t>();
  dump.timestamp = in.take<uint64_t>();
  dump.flags = in.take<uint64_t>();
  while (!in.done() && !testing::Test::HasFailure()) {
    const std::size_t begin = in.at();
    EXPECT_EQ(in.take<uint32_t>(), 0u);  // JIT_CODE_LOAD
    const auto total_size = in.take<uint32_t>();
    Loaded record{};
    record.timestamp = in.take<uint64_t>();
    record.pid = in.take<uint32_t>();
    record.tid = in.take<uint32_t>();
    record.vma = in.take<uint64_t>();
    record.address = in.take<uint64_t>();
    record.size = in.take<uint64_t>();
    record.index = in.take<uint64_t>();
    record.name = in.take_text();
    record.code = in.take_bytes(record.size);
    EXPECT_EQ(in.at() - begin, total_size);
    dump.records.push_back(std::move(record));
  }
  return dump;
}

uint64_t now_ns() {
  struct timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(time.tv_nsec);
}

std::string dump_name() { return "/jit-" + std::to_string(::getpid()) + ".dump"; }

// The dump of this process below a directory.
Dump dump_below(const ScratchDir& dir) {
  const std::vector<std::string> files = files_below(dir.path(".debug/jit"));
  EXPECT_THAT(files, ElementsAre(EndsWith(dump_name())));
  return files.empty() ? Dump{} : read_dump(files.front());
}

bool is_mapped_executable(const std::string& end_of_path) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(end_of_path) && line.find("r-xp") != std::string::npos) return true;
  }
  return false;
}

// Each test in a process of its own: what a process writes to is settled once.
void in_child(const std::function<void()>& body) {
  EXPECT_TRUE(true_in_child([&] {
    body();
    return !testing::Test::HasFailure();
  }));
}

LoadedCode some_code(uint8_t result = 7) {
  return LoadedCode::copy(image_that_returns(result)).value();
}

TEST(Profile, WritesNothingUnlessAsked) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable home("HOME", dir.path().c_str());
    const ScopedVariable none("JITDUMPDIR", nullptr);
    for (const char* value : {static_cast<const char*>(nullptr), "", "0", "yes"}) {
      const ScopedVariable perf("RIGJIT_PERF", value);
      announce_code(some_code(), "hero", Program::kMessage);
    }
    EXPECT_THAT(files_below(dir.path()), IsEmpty());
  });
}

TEST(Profile, DumpIsWhatTheSpecificationSays) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", dir.path().c_str());
    const uint64_t before = now_ns();
    const LoadedCode code = some_code();
    announce_code(code, "hero", Program::kMessage);
    announce_code(code, "two words\n\xC3\xBC", Program::kValues);
    announce_code(code, std::string(60'000, 'n'), Program::kVector);
    const uint64_t after = now_ns();
    const Dump dump = dump_below(dir);
    EXPECT_EQ(dump.magic, 0x4A695444u);
    EXPECT_EQ(dump.version, 1u);
    EXPECT_EQ(dump.pid, static_cast<uint32_t>(::getpid()));
    EXPECT_EQ(dump.flags, 0u);
#if defined(__x86_64__)
    EXPECT_EQ(dump.machine, uint32_t{EM_X86_64});
#endif
    ASSERT_THAT(dump.records, SizeIs(3));
    EXPECT_EQ(dump.records[0].name, "rigjit:hero:message");
    EXPECT_EQ(dump.records[1].name, "rigjit:two_words___:values");
    EXPECT_EQ(dump.records[2].name, "rigjit:" + std::string(200, 'n') + ":vector");
    uint64_t last = before;
    for (const Loaded& record : dump.records) {
      EXPECT_EQ(record.address, reinterpret_cast<uintptr_t>(code.instructions().data()));
      EXPECT_EQ(record.vma, record.address);
      EXPECT_EQ(record.size, code.instructions().size());
      EXPECT_EQ(std::memcmp(record.code.data(), code.instructions().data(), record.size), 0);
      EXPECT_EQ(record.pid, static_cast<uint32_t>(::getpid()));
      EXPECT_EQ(record.tid, static_cast<uint32_t>(::gettid()));
      EXPECT_GE(record.timestamp, last);
      last = record.timestamp;
    }
    EXPECT_GE(dump.timestamp, before);
    EXPECT_LE(last, after);
    EXPECT_TRUE(is_mapped_executable(dump_name()));
  });
}

TEST(Profile, NamesCompiledAndCachedKernelsAlike) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", dir.path().c_str());
    const auto cache = std::make_shared<const DirectoryCache>(dir.path("cache"));
    const auto compiled = small_core(cache);
    const auto cached = small_core(cache);
    const auto uncached = small_core(no_cache());
    ASSERT_TRUE(compiled && cached && uncached);
    EXPECT_EQ((*cached)->origin(), Origin::kCached);
    ASSERT_TRUE((*cached)->values());
    ASSERT_TRUE((*cached)->values());  // already loaded
    const Dump dump = dump_below(dir);
    ASSERT_THAT(dump.records, SizeIs(4));
    const std::string message = "rigjit:" + (*cached)->description().name + ":message";
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(dump.records[i].name, message);
    EXPECT_EQ(dump.records[0].code, dump.records[1].code);
    EXPECT_EQ(dump.records[0].code, dump.records[2].code);
    EXPECT_EQ(dump.records[1].address,
              reinterpret_cast<uintptr_t>((*cached)->message().instructions().data()));
    EXPECT_THAT(dump.records[3].name, EndsWith(":values"));
  });
}

TEST(Profile, ForkedChildHasADumpOfItsOwn) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", dir.path().c_str());
    announce_code(some_code(), "parent", Program::kMessage);
    EXPECT_TRUE(true_in_child([&] {
      announce_code(some_code(), "child", Program::kMessage);
      for (const std::string& file : files_below(dir.path(".debug/jit"))) {
        if (!file.ends_with(dump_name())) continue;
        const Dump dump = read_dump(file);
        return dump.pid == static_cast<uint32_t>(::getpid()) && dump.records.size() == 1 &&
               dump.records[0].name == "rigjit:child:message" && is_mapped_executable(dump_name());
      }
      return false;
    }));
    EXPECT_TRUE(true_in_child([] { return true; }));  // loads nothing, leaves nothing
    const std::vector<std::string> files = files_below(dir.path(".debug/jit"));
    ASSERT_THAT(files, SizeIs(2));
    for (const std::string& file : files) {
      if (!file.ends_with(dump_name())) continue;
      EXPECT_THAT(read_dump(file).records, SizeIs(1));
    }
  });
}

TEST(Profile, RecordsOfManyThreadsAreWhole) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", dir.path().c_str());
    constexpr int kThreads = 8;
    constexpr int kRigs = 50;
    // The dump of the first, so that there is one file.
    announce_code(some_code(), "first", Program::kMessage);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < kRigs; ++i) {
          announce_code(some_code(static_cast<uint8_t>(t)),
                        std::to_string(t) + "-" + std::to_string(i), Program::kMessage);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    const Dump dump = dump_below(dir);
    std::set<uint64_t> indices;
    std::set<std::string> names;
    for (const Loaded& record : dump.records) {
      indices.insert(record.index);
      names.insert(record.name);
    }
    EXPECT_THAT(indices, SizeIs(kThreads * kRigs + 1));
    EXPECT_THAT(names, SizeIs(kThreads * kRigs + 1));
  });
}

TEST(Profile, RacingFirstLoadsAllComeThrough) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", dir.path().c_str());
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back(
          [t] { announce_code(some_code(), std::to_string(t), Program::kMessage); });
    }
    for (std::thread& thread : threads) thread.join();
    std::size_t records = 0;
    for (const std::string& file : files_below(dir.path(".debug/jit"))) {
      records += read_dump(file).records.size();
    }
    EXPECT_EQ(records, 8u);
  });
}

TEST(Profile, WhatCannotBeWrittenIsNoError) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", "/proc");
    EXPECT_TRUE(small_core(no_cache()));
    const ScopedVariable other("JITDUMPDIR", dir.path().c_str());
    EXPECT_TRUE(small_core(no_cache()));  // given up
    EXPECT_FALSE(std::filesystem::exists(dir.path(".debug")));
  });
  in_child([] {
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", nullptr);
    const ScopedVariable home("HOME", nullptr);
    EXPECT_TRUE(small_core(no_cache()));
  });
}

TEST(Profile, ARemovedDumpIsNotMadeAgain) {
  in_child([] {
    const ScratchDir dir;
    const ScopedVariable perf("RIGJIT_PERF", "1");
    const ScopedVariable where("JITDUMPDIR", dir.path().c_str());
    announce_code(some_code(), "a", Program::kMessage);
    std::filesystem::remove_all(dir.path(".debug"));
    announce_code(some_code(), "b", Program::kMessage);
    announce_code(some_code(), "c", Program::kMessage);
    EXPECT_THAT(files_below(dir.path()), IsEmpty());
  });
}

}  // namespace
}  // namespace rigjit
