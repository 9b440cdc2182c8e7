#include "yaml/parser_turn.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <mutex>
#include <sstream>

namespace rigjit {
namespace {

struct Gate {
  std::mutex mutex;  // locked with a NoFork held
  std::condition_variable idle;
  std::size_t turns = 0;  // protected by mutex
  std::atomic<bool> ending{false};
};

// Never destroyed.
Gate& gate() {
  static Gate& gate = *new Gate;
  return gate;
}

thread_local std::size_t own_turns = 0;  // one that calls exit() itself is not waited for

// A parser ends within a few kB of text; longer than this, its thread is stuck somewhere else.
constexpr auto kLongestWait = std::chrono::seconds(2);

void end_turns(int /*exit_code*/, void* /*unused*/) {
  const NoFork no_fork;
  Gate& shared = gate();
  std::unique_lock lock(shared.mutex);
  shared.ending = true;
  shared.idle.wait_for(lock, kLongestWait, [&] { return shared.turns == own_turns; });
}

class IgnoreEvents : public YAML::EventHandler {
  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnAlias(const YAML::Mark& /*mark*/, YAML::anchor_t /*anchor*/) override {}
  void OnScalar(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {}
  void OnSequenceStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& /*mark*/, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {}
  void OnMapEnd() override {}
};

// What yaml-cpp makes when it is first needed, and exit() destroys first of what was made last:
// one text that has every token and every way to write a scalar makes it all.
constexpr const char* kEveryToken = R"(%YAML 1.2
%TAG !e! tag:example.com,2000:
---
# comment
? &anchor complex
: *anchor
"escaped \x41 \u0041": "double
  folded \
  joined"
plain text: [a, "b", {c: d, ? e : f, "g":h}, ~, !e!tag i, !<tag:j> k, !local l, ! m]
sequence:
- - nested
- 'single '' quote'
- |2-
  literal
- >+
  folded

    more
- !!str tagged
...
---
second
)";

// Behind this text no static object of yaml-cpp is made any more, so that end_turns, which was
// registered last, runs before all of their destructors.
void make_tables() {
  std::istringstream text(kEveryToken);
  IgnoreEvents events;
  YAML::Parser parser(text);
  while (parser.HandleNextDocument(events)) {
  }
  ::on_exit(end_turns, nullptr);
}

}  // namespace

ParserTurn::ParserTurn() {
  static std::once_flag once;
  std::call_once(once, make_tables);
  Gate& shared = gate();
  const std::lock_guard lock(shared.mutex);
  ++shared.turns;
  ++own_turns;
}

ParserTurn::~ParserTurn() {
  Gate& shared = gate();
  const std::lock_guard lock(shared.mutex);
  --shared.turns;
  --own_turns;
  if (shared.ending) shared.idle.notify_all();
}

bool ParserTurn::process_ends() noexcept { return gate().ending.load(std::memory_order_relaxed); }

}  // namespace rigjit
