// Loads in processes that may not make written memory executable, as systemd's
// MemoryDenyWriteExecute forbids it: by the same filter of system calls.
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <functional>

#include "rigjit/cache.h"
#include "rigjit/load.h"
#include "rigjit/loaded_rigs.h"
#include "spec_files.h"

namespace rigjit {
namespace {

constexpr const char* kSpec =
    "rigjit: 1\n"
    "name: guarded\n"
    "controllers: [{name: c, transformations: [translation: {}, rotation3d: {}]}]\n";

// If `number` is called: EPERM where all bits of `bits` are set in the argument, else allowed.
#define RIGJIT_DENY(number, argument, bits)                                                       \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 5),                                              \
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + 8 * (argument)),          \
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),                                       \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

bool deny_write_execute() {
  std::array<sock_filter, 20> filter = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      RIGJIT_DENY(__NR_mmap, 2, PROT_WRITE | PROT_EXEC),
      RIGJIT_DENY(__NR_mprotect, 2, PROT_EXEC),
      RIGJIT_DENY(__NR_pkey_mprotect, 2, PROT_EXEC),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// What a hardened process exits with that runs `body`; 100 if it cannot be hardened.
int status_when_hardened(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(deny_write_execute() ? body() : 100);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

std::vector<uint8_t> message_of(const Rig& rig) {
  std::vector<uint8_t> message(rig.msgpack_size());
  if (!rig.vec_to_rig(rig.rest_vec().data(), message.data())) message.clear();
  return message;
}

// Whether the error says what the process may not do, and what it needs.
bool tells_what_is_missing(const Errors& errors) {
  const std::string& message = errors.front().message;
  return errors.front().code == "no-executable-memory" &&
         message.find("MemoryDenyWriteExecute") != std::string::npos &&
         message.find("program of rig 'guarded': ") != std::string::npos &&
         message.find("needs a cache directory that its user or root owns") != std::string::npos;
}

class HardenedLoad : public testing::Test {
 protected:
  void SetUp() override {
    if (status_when_hardened([] { return 0; }) != 0) GTEST_SKIP() << "no seccomp here";
    LoadOptions options;
    options.cache = false;
    const Result<Rig> rig = loads(kSpec, options);
    ASSERT_TRUE(rig);
    right_ = message_of(*rig);
    options_.cache_dir = dir_.path("cache");
  }

  // The rig's message program is in the cache, and behind it lies a directory that cannot be
  // written to.
  void fill_and_close_cache() {
    ASSERT_TRUE(loads(kSpec, options_));
    forget_loaded_rigs();
    options_.cache_dir = *options_.cache_dir + ":/dev/null/cache";
  }

  SpecDirectory dir_;
  LoadOptions options_;
  std::vector<uint8_t> right_;
};

TEST_F(HardenedLoad, ItsFilterForbidsWhatItShould) {
  EXPECT_EQ(0, status_when_hardened([] {
              const int both = PROT_WRITE | PROT_EXEC;
              const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
              if (::mmap(nullptr, 4096, both, flags, -1, 0) != MAP_FAILED) return 1;
              void* data = ::mmap(nullptr, 4096, PROT_WRITE, flags, -1, 0);
              return ::mprotect(data, 4096, PROT_READ | PROT_EXEC) == 0 ? 2 : 0;
            }));
}

TEST_F(HardenedLoad, FindsCachedCode) {
  ASSERT_NO_FATAL_FAILURE(fill_and_close_cache());
  EXPECT_EQ(0, status_when_hardened([&] {
              const Result<Rig> rig = loads(kSpec, options_);
              if (!rig) return 1;
              return rig->origin() == Origin::kCached && message_of(*rig) == right_ ? 0 : 2;
            }));
}

TEST_F(HardenedLoad, CompilesIntoADirectoryOfItsOwn) {
  EXPECT_EQ(0, status_when_hardened([&] {
              const Result<Rig> rig = loads(kSpec, options_);
              if (!rig) return 1;
              return rig->origin() == Origin::kCompiled && message_of(*rig) == right_ ? 0 : 2;
            }));
}

TEST_F(HardenedLoad, SaysWhatIsMissingWithoutADirectory) {
  options_.cache_dir = "/dev/null/cache";
  EXPECT_EQ(0, status_when_hardened([&] {
              const Result<Rig> rig = loads(kSpec, options_);
              if (rig) return 1;
              // The reason why nothing was kept is part of it.
              const bool names_it =
                  rig.errors().front().message.find("/dev/null/cache") != std::string::npos;
              return tells_what_is_missing(rig.errors()) && names_it ? 0 : 2;
            }));
}

// The message's code is there, that of values is not and cannot be kept.
TEST_F(HardenedLoad, SaysWhatIsMissingForALaterProgram) {
  ASSERT_NO_FATAL_FAILURE(fill_and_close_cache());
  EXPECT_EQ(0, status_when_hardened([&] {
              const Result<Rig> rig = loads(kSpec, options_);
              if (!rig) return 1;
              std::vector<float> values(rig->channel_count());
              const Status status = rig->vec_to_values(rig->rest_vec().data(), values.data());
              return !status && tells_what_is_missing(status.errors()) ? 0 : 2;
            }));
}

}  // namespace
}  // namespace rigjit
