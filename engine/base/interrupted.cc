#include "base/interrupted.h"

#include <chrono>
#include <utility>

#include "base/make_error.h"
#include "rigjit/interruptible.h"

namespace rigjit {
namespace {

using Clock = std::chrono::steady_clock;

// Short for somebody who waits, long beside what asking may cost (Python's takes the GIL).
constexpr auto kBetweenQuestions = std::chrono::milliseconds(30);

thread_local Interruptible::State* innermost = nullptr;

}  // namespace

struct Interruptible::State {
  std::function<bool()> wants_end;
  State* outer;
  Clock::time_point next_question = Clock::now() + kBetweenQuestions;
  bool ends = false;
};

Interruptible::Interruptible(std::function<bool()> wants_end)
    : state_(new State{std::move(wants_end), innermost}) {
  innermost = state_.get();
}

Interruptible::~Interruptible() { innermost = state_->outer; }

bool interrupted() {
  Interruptible::State* const state = innermost;
  if (state == nullptr) return false;
  if (state->ends || Clock::now() < state->next_question) return state->ends;
  state->ends = state->wants_end();
  state->next_question = Clock::now() + kBetweenQuestions;
  return state->ends;
}

bool may_be_interrupted() { return innermost != nullptr; }

Error interrupted_error() {
  return make_error("interrupted", "the caller wanted this to end before it was done");
}

}  // namespace rigjit
