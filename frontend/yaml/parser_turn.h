// The end of the process, and parsers that are still at work then.
#pragma once

#include "base/no_fork.h"

namespace rigjit {

// yaml-cpp keeps its tables in static objects, which exit() destroys while other threads go on: a
// parser then takes good YAML for bad, or crashes. So whoever uses yaml-cpp holds a turn. exit()
// waits for those that there are, which end soon as they ask process_ends(), and none is given
// after. Thread-safe. While one lives, no process forks (NoFork).
class ParserTurn {
 public:
  ParserTurn();
  ~ParserTurn();
  ParserTurn(const ParserTurn&) = delete;
  ParserTurn& operator=(const ParserTurn&) = delete;

  // Whether the turn was not given, or is to end now. Costs a load.
  [[nodiscard]] static bool process_ends() noexcept;

 private:
  NoFork no_fork_;
};

}  // namespace rigjit
