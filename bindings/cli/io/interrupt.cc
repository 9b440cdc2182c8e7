#include "io/interrupt.h"

#include <unistd.h>

#include <climits>
#include <vector>

namespace rigjit::cli {
namespace {

// Only written while is_set is 0.
char path_to_remove[PATH_MAX];
volatile std::sig_atomic_t is_set = 0;

extern "C" void remove_and_end(int signal_number) {
  if (is_set != 0) ::unlink(path_to_remove);
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

// Those whose default action is to end the program (signal(7)), but SIGKILL.
std::vector<int> fatal_signals() {
  std::vector<int> numbers = {SIGHUP,  SIGINT,    SIGQUIT, SIGILL,  SIGTRAP, SIGABRT, SIGBUS,
                              SIGFPE,  SIGUSR1,   SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,
                              SIGXCPU, SIGVTALRM, SIGPROF, SIGPOLL, SIGPWR,  SIGSYS,  SIGSTKFLT};
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) numbers.push_back(number);
  return numbers;
}

void install() {
  for (const int number : fatal_signals()) {
    struct sigaction action{};
    ::sigaction(number, nullptr, &action);
    if (action.sa_handler != SIG_DFL) continue;
    action.sa_handler = &remove_and_end;
    ::sigaction(number, &action, nullptr);
  }
}

}  // namespace

void remove_if_interrupted(const std::string& path) {
  is_set = 0;
  if (path.empty() || path.size() >= sizeof(path_to_remove)) return;
  path.copy(path_to_remove, path.size());
  path_to_remove[path.size()] = '\0';
  is_set = 1;
  install();
}

SignalsHeld::SignalsHeld() {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int number : fatal_signals()) ::sigaddset(&held, number);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace rigjit::cli
