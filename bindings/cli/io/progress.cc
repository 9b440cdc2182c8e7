#include "io/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "io/output.h"

namespace rigjit::cli {
namespace {

constexpr std::chrono::milliseconds kInterval{100};

bool is_shown(bool quiet) {
  const char* terminal = std::getenv("TERM");
  return !quiet && ::isatty(STDERR_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::size_t columns() {
  struct winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

// "950", "12.3 k", "4.56 M"
std::string short_number(double number) {
  const char* unit = "";
  if (number >= 1e6) {
    number /= 1e6;
    unit = " M";
  } else if (number >= 1e4) {
    number /= 1e3;
    unit = " k";
  }
  char text[32];
  std::snprintf(text, sizeof(text), *unit == 0 || number >= 100 ? "%.0f%s" : "%.1f%s", number,
                unit);
  return text;
}

void write_terminal(std::string_view text) {
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

// What is no plain ASCII might move the cursor, or take more than one column.
std::string plain(const std::string& name) {
  std::string text = name;
  std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

}  // namespace

Progress::Progress(bool quiet, std::size_t files) : shown_(is_shown(quiet)), files_(files) {}

Progress::~Progress() { remove(); }

void Progress::begin_file(const std::string& name) {
  file_ = name;
  show(false);
}

void Progress::add_frames(std::size_t count) {
  frames_ += count;
  show(false);
}

void Progress::end_file() {
  ++files_done_;
  show(files_done_ == files_);
}

void Progress::complain(std::string_view text) {
  remove();
  cli::complain(text);
}

void Progress::complain(const Errors& errors) {
  remove();
  cli::complain(errors);
}

void Progress::show(bool at_once) {
  if (!shown_) return;
  const Clock::time_point now = Clock::now();
  if (!at_once && now - std::max(begin_, last_shown_) < kInterval) return;
  last_shown_ = now;
  const double seconds = std::max(std::chrono::duration<double>(now - begin_).count(), 1e-3);
  std::string line = std::to_string(files_done_) + "/" + std::to_string(files_) + " files, " +
                     short_number(static_cast<double>(frames_)) + " frames, " +
                     short_number(static_cast<double>(frames_) / seconds) + " frames/s  " +
                     plain(file_);
  line.resize(std::min(line.size(), columns() - 1));
  write_terminal("\r\x1b[K" + line);
  has_line_ = true;
}

void Progress::remove() {
  if (has_line_) write_terminal("\r\x1b[K");
  has_line_ = false;
}

}  // namespace rigjit::cli
