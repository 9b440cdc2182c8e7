// How far a long command is, on a line of the terminal that is written over again and again.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "rigjit/error.h"

namespace rigjit::cli {

// Shows nothing unless standard error is a terminal that can go back to the beginning of a line.
class Progress {
 public:
  Progress(bool quiet, std::size_t files);
  ~Progress();  // removes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin_file(const std::string& name);
  void add_frames(std::size_t count);
  void end_file();

  // Complaints, in place of the line, which comes again.
  void complain(std::string_view text);
  void complain(const Errors& errors);

 private:
  using Clock = std::chrono::steady_clock;
  void show(bool at_once);
  void remove();

  const bool shown_;
  const std::size_t files_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_shown_;
  std::size_t files_done_ = 0;
  std::size_t frames_ = 0;
  std::string file_;
  bool has_line_ = false;
};

}  // namespace rigjit::cli
