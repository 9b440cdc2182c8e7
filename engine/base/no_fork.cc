#include "base/no_fork.h"

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <new>

#include "base/no_fork_beside.h"

namespace rigjit {
namespace {

struct Gate {
  std::mutex mutex;
  // All below are protected by mutex.
  std::condition_variable changed;
  std::size_t inside = 0;  // threads that hold a NoFork
  std::size_t forks = 0;   // threads that wait to fork, or fork
};

// In raw memory: never destroyed, since threads may outlive the end of main, and made anew in a
// child, where nobody waits any longer.
alignas(Gate) std::byte gate_memory[sizeof(Gate)];
Gate& gate() { return *std::launder(reinterpret_cast<Gate*>(gate_memory)); }

thread_local std::size_t depth = 0;    // how many NoForks this thread holds
thread_local bool holds_gate = false;  // between the handlers before and after its fork

// The mutex stays locked over the fork. A thread that holds a NoFork itself (a signal handler that
// forks) would wait for itself.
void before_fork() {
  if (depth > 0) return;
  Gate& shared = gate();
  std::unique_lock lock(shared.mutex);
  ++shared.forks;
  shared.changed.wait(lock, [&] { return shared.inside == 0; });
  lock.release();
  holds_gate = true;
}

void after_fork_in_parent() {
  if (!holds_gate) return;
  holds_gate = false;
  Gate& shared = gate();
  --shared.forks;
  shared.mutex.unlock();
  shared.changed.notify_all();
}

void after_fork_in_child() {
  if (holds_gate) gate().mutex.unlock();
  holds_gate = false;
  new (gate_memory) Gate;
  gate().inside = depth > 0 ? 1 : 0;
}

// When the library is loaded: before any thread of its user can fork with a NoFork held.
[[maybe_unused]] const int registered = []() noexcept {
  new (gate_memory) Gate;
  return ::pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}();

void leave() {
  if (--depth > 0) return;
  Gate& shared = gate();
  const std::lock_guard lock(shared.mutex);
  if (--shared.inside == 0 && shared.forks > 0) shared.changed.notify_all();
}

}  // namespace

NoForkBeside::NoForkBeside() {
  if (depth++ > 0) return;
  const std::lock_guard lock(gate().mutex);
  ++gate().inside;
}

NoForkBeside::~NoForkBeside() { leave(); }

NoFork::NoFork() {
  if (depth == 0) {
    Gate& shared = gate();
    std::unique_lock lock(shared.mutex);
    shared.changed.wait(lock, [&] { return shared.forks == 0; });
    ++shared.inside;
  }
  ++depth;
}

NoFork::~NoFork() { leave(); }

}  // namespace rigjit
