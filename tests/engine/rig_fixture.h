// Directories, processes and rigs that the runtime's tests share.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/cache_entry.h"
#include "cache/spec_record.h"
#include "code/code_image.h"
#include "plan/plan.h"
#include "rig/rig_core.h"

namespace rigjit {

// A directory of its own (mode 0700), removed with everything in it.
class ScratchDir {
 public:
  ScratchDir();
  ~ScratchDir();
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  [[nodiscard]] std::string path(const std::string& name = {}) const;

 private:
  std::filesystem::path path_;
};

// Sets or (without a value) removes an environment variable until the end of the scope.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value);
  ~ScopedVariable();
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

// Runs `body` in a forked process; whether it returned true.
[[nodiscard]] bool true_in_child(const std::function<bool()>& body);
// Runs `body(0)` ... `body(count - 1)` in processes of their own at once; how many returned true.
[[nodiscard]] int true_in_children(int count, const std::function<bool(int)>& body);
// Gives root's rights up for good, so that permissions mean something; nothing for other users.
void drop_root();

[[nodiscard]] std::vector<uint8_t> bytes_of(const std::string& path);
void write_bytes(const std::string& path, const std::vector<uint8_t>& bytes);
// As if a file had last been read and written that many seconds ago.
void set_last_use(const std::string& path, int64_t seconds_ago);
// Paths of the files below a directory but the tally of a cache, sorted.
[[nodiscard]] std::vector<std::string> files_below(const std::string& path);

// An image whose kernel only returns `result`.
[[nodiscard]] CodeImage image_that_returns(uint8_t result);
[[nodiscard]] CodeKey some_key();
[[nodiscard]] RigDescription some_description();
[[nodiscard]] RecordKey some_record_key();
// As a file of the cache is called while it is written.
[[nodiscard]] std::string temporary_name(int number);

// Two translation axes (scale 2, center 1), a rotation3d and a constant; 8 inputs, 6 channels.
[[nodiscard]] Plan small_plan();
// A core of small_plan(); `derived` counts how often its plan source was asked.
[[nodiscard]] Result<std::shared_ptr<const RigCore>> small_core(std::shared_ptr<const Cache> cache,
                                                                int* derived = nullptr);
// The message of good_vec(), checked against nothing; empty if it has none.
[[nodiscard]] std::vector<uint8_t> message_of(const std::shared_ptr<const RigCore>& core);
[[nodiscard]] std::shared_ptr<const Cache> no_cache();
[[nodiscard]] std::vector<float> good_vec();

}  // namespace rigjit
