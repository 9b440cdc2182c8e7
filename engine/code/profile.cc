#include "code/profile.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/posix_file.h"
#include "code/jitdump.h"

namespace rigjit {
namespace {

// ASCII, as the format asks, and one word, for whatever splits perf's output.
std::string symbol_name(std::string_view rig_name, Program program) {
  constexpr std::size_t kLongest = 200;
  std::string name = "rigjit:" + std::string(rig_name.substr(0, kLongest));
  for (char& c : name) {
    if (c <= ' ' || c > '~') c = '_';
  }
  return name + ":" + to_string(program);
}

// What one process writes to. Never freed: threads may be using it.
struct Output {
  pid_t pid;
  std::unique_ptr<JitDump> dump;  // none: it could not be made
  std::atomic<bool> failed{false};
  const Output* parents;  // of the process that this one was forked from; keeps it reachable
};

std::atomic<Output*> process_output{nullptr};

std::string dump_directory() {
  for (const char* name : {"JITDUMPDIR", "HOME"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value == '/') return value;
  }
  return {};
}

Output* make_output(const Output* parents) {
  auto* output = new Output{::getpid(), nullptr, {false}, parents};
  const std::string directory = dump_directory();
  auto dump = directory.empty() ? std::unexpected(std::string("neither JITDUMPDIR nor HOME is set"))
                                : JitDump::create(directory);
  if (dump) {
    output->dump = std::move(*dump);
    log_line("for perf: " + output->dump->path());
  } else {
    output->failed = true;
    log_line("nothing for perf: " + dump.error());
  }
  return output;
}

// This process's, made at the first call.
Output& output_of_process() {
  Output* output = process_output.load(std::memory_order_acquire);
  while (output == nullptr || output->pid != ::getpid()) {
    Output* mine = make_output(output);
    if (process_output.compare_exchange_strong(output, mine, std::memory_order_acq_rel)) {
      return *mine;
    }
    delete mine;  // another thread was first; an empty dump stays behind
  }
  return *output;
}

void add_to_dump(const std::string& name, std::span<const uint8_t> code) {
  Output& output = output_of_process();
  if (output.failed.load(std::memory_order_relaxed)) return;
  const SysStatus written = output.dump->write(name, code);
  if (written || output.failed.exchange(true)) return;
  log_line("no more for perf: cannot write " + output.dump->path() + ": " +
           errno_text(written.error()));
}

}  // namespace

void announce_code(const LoadedCode& code, std::string_view rig_name, Program program) {
  const char* wanted = std::getenv("RIGJIT_PERF");
  if (wanted == nullptr || std::strcmp(wanted, "1") != 0) return;
  add_to_dump(symbol_name(rig_name, program), code.instructions());
}

}  // namespace rigjit
