#include "rig/compile_beside.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/interrupted.h"
#include "base/no_fork_beside.h"
#include "codegen/link/compile.h"

namespace rigjit {
namespace {

constexpr std::size_t kLongOperations = 5000;  // a tenth of a second
constexpr auto kBetweenQuestions = std::chrono::milliseconds(30);

// Between the thread that compiles and the one that waits.
struct Handover {
  std::mutex mutex;
  std::condition_variable ended;
  // Protected by mutex.
  bool has_ended = false;
  std::optional<Result<CodeImage>> image;
  std::exception_ptr exception;
};

}  // namespace

// NOLINTNEXTLINE(performance-unnecessary-value-param): shared with the thread that compiles
Result<CodeImage> compile_beside(std::shared_ptr<const Plan> plan, Program program,
                                 const Target& target) {
  if (!may_be_interrupted() || plan->operations().size() < kLongOperations) {
    return compile(*plan, program, target);
  }
  const auto handover = std::make_shared<Handover>();
  const auto work = [handover, plan, program, &target] {
    const NoForkBeside no_fork;
    std::optional<Result<CodeImage>> image;
    std::exception_ptr exception;
    try {
      image.emplace(compile(*plan, program, target));
    } catch (...) {
      exception = std::current_exception();
    }
    const std::lock_guard lock(handover->mutex);
    handover->image = std::move(image);
    handover->exception = exception;
    handover->has_ended = true;
    handover->ended.notify_all();
  };
  try {
    std::thread(work).detach();
  } catch (const std::system_error&) {  // no more threads for this process
    return compile(*plan, program, target);
  }
  std::unique_lock lock(handover->mutex);
  while (!handover->ended.wait_for(lock, kBetweenQuestions, [&] { return handover->has_ended; })) {
    lock.unlock();
    if (interrupted()) return interrupted_error();
    lock.lock();
  }
  if (handover->exception) std::rethrow_exception(handover->exception);
  return *std::move(handover->image);
}

}  // namespace rigjit
