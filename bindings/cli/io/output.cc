#include "io/output.h"

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "base/make_error.h"
#include "base/printable.h"
#include "io/exit_code.h"
#include "io/interrupt.h"

namespace rigjit::cli {
namespace {

constexpr const char* kStdout = "<stdout>";

}  // namespace

int print(std::string_view text) {
  const SysStatus written = write_all(STDOUT_FILENO, as_bytes(text));
  return written ? kFine : complain({unwritable(kStdout, written.error())});
}

int print_lines(std::string_view text) { return print(printable_lines(text)); }

void complain(std::string_view text) {
  std::string lines = printable_lines(text);
  if (!lines.ends_with('\n')) lines += '\n';
  [[maybe_unused]] const SysStatus ignored = write_all(STDERR_FILENO, as_bytes(lines));
}

int complain(const Errors& errors) {
  complain(to_string(errors));
  return kMistake;
}

Result<Output> Output::open(const std::string& name, Access access) {
  const bool is_stdout = name == "-";
  std::optional<OutputFile> file;
  if (!is_stdout) {
    const SignalsHeld held;
    Result<OutputFile> opened = OutputFile::open(name);
    if (!opened) return opened.errors();
    file.emplace(*std::move(opened));
    remove_if_interrupted(file->temporary());
  }
  Output output(is_stdout ? kStdout : name, std::move(file));
  if (access == Access::kForward || (output.file_ && output.file_->is_rewritable())) return output;
  std::expected<UniqueFd, int> kept = create_unnamed();
  if (!kept) return unwritable(output.name_, kept.error());
  output.kept_ = *std::move(kept);
  return output;
}

Output::~Output() {
  if (!file_) return;
  const SignalsHeld held;
  file_.reset();
  remove_if_interrupted({});
}

int Output::sink() const noexcept { return file_ ? file_->fd() : STDOUT_FILENO; }

Status Output::write(const void* data, std::size_t size) {
  const SysStatus written = write_all(fd(), {static_cast<const uint8_t*>(data), size});
  if (!written) return unwritable(name_, written.error());
  return Done{};
}

Status Output::rewrite_start(std::string_view bytes) {
  const SysStatus written = write_at(fd(), as_bytes(bytes), 0);
  if (!written) return unwritable(name_, written.error());
  return Done{};
}

Status Output::copy_to_sink() {
  const std::expected<struct stat, int> status = status_of(kept_->get());
  if (!status) return unwritable(name_, status.error());
  const auto size = static_cast<uint64_t>(status->st_size);
  std::vector<uint8_t> block(std::min<uint64_t>(size, uint64_t{1} << 20));
  for (uint64_t done = 0; done < size; done += block.size()) {
    block.resize(std::min<uint64_t>(block.size(), size - done));
    SysStatus copied = read_at(kept_->get(), block, done);
    if (copied) copied = write_all(sink(), block);
    if (!copied) return unwritable(name_, copied.error());
  }
  return Done{};
}

Status Output::finish() {
  if (kept_) {
    if (Status copied = copy_to_sink(); !copied) return copied;
  }
  if (!file_) return Done{};
  const SignalsHeld held;
  Status finished = file_->finish();
  file_.reset();
  remove_if_interrupted({});
  return finished;
}

}  // namespace rigjit::cli
