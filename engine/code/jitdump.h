// The file through which perf learns of code that no ELF file holds: jitdump, version 1, as
// tools/perf/Documentation/jitdump-specification.txt of the Linux kernel lays it down.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/posix_file.h"

namespace rigjit {

// A process's dump. perf finds it because a page of it is mapped executable, by its name
// jit-PID.dump, and orders its records by time among its samples: there is none for code that was
// unloaded, code that is loaded later at its place replaces it.
// Thread-safety: write() may be called from any thread.
class JitDump {
 public:
  // Makes DIRECTORY/.debug/jit/rigjit-DATE.XXXXXX/jit-PID.dump of mode 0600, with what is missing
  // of its folders: perf puts files of its own beside it. The error is a sentence.
  [[nodiscard]] static std::expected<std::unique_ptr<JitDump>, std::string> create(
      const std::string& directory);

  ~JitDump();
  JitDump(const JitDump&) = delete;
  JitDump& operator=(const JitDump&) = delete;

  // Adds code under a name without NUL. After an error the file may end with half a record, and
  // nothing more is to be written. ESTALE: it was removed.
  [[nodiscard]] SysStatus write(std::string_view name, std::span<const uint8_t> code);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  JitDump(std::string path, const struct stat& status, void* marker);

  // Constant after construction. The file is opened anew for every record: a descriptor kept for
  // hours would fall to daemons that close them all.
  const std::string path_;
  const struct stat status_;
  const pid_t pid_;
  void* const marker_;  // the executable page

  std::atomic<uint64_t> next_index_{0};
};

}  // namespace rigjit
