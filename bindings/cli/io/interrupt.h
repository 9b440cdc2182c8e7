// What the program leaves behind when it is interrupted.
#pragma once

#include <csignal>
#include <string>

namespace rigjit::cli {

// Every signal that would end the program and can be caught, unless it is ignored, removes this
// file before it does so: an interrupt, a time or processor limit, a crash. One file at a time;
// empty: none.
void remove_if_interrupted(const std::string& path);

// While one lives, such signals wait: the file and what remove_if_interrupted() says go together.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

}  // namespace rigjit::cli
