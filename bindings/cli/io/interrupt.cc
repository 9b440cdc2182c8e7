#include "io/interrupt.h"

#include <unistd.h>

#include <climits>
#include <csignal>

namespace rigjit::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// Only written while is_set is 0.
char path_to_remove[PATH_MAX];
volatile std::sig_atomic_t is_set = 0;

extern "C" void remove_and_end(int signal_number) {
  if (is_set != 0) ::unlink(path_to_remove);
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

void install() {
  for (const int number : kSignals) {
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

}  // namespace rigjit::cli
