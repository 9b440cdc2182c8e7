// For a thread that works for another one.
#pragma once

namespace rigjit {

// A NoFork of a thread whose work another thread, which holds one, waits for: it does not wait for
// a fork that waits for that one.
class NoForkBeside {
 public:
  NoForkBeside();
  ~NoForkBeside();
  NoForkBeside(const NoForkBeside&) = delete;
  NoForkBeside& operator=(const NoForkBeside&) = delete;
};

}  // namespace rigjit
