// System calls that fail, do half of their work, or never come back. The linker puts them between
// the cache and libc (--wrap, in CMakeLists.txt), so that what is tested is what is shipped.
#pragma once

#include <string>
#include <vector>

namespace rigjit {

enum class Fault {
  kError,          // fails and sets errno
  kShort,          // reads or writes half of what it was asked for; other calls are as ever
  kCrash,          // the process ends before it
  kCrashAfter,     // the process ends after it
  kShortAndCrash,  // the process ends after half of the bytes
};

struct FaultPlan {
  int at = 0;  // the number of the call, from 1; 0: none, only count
  Fault fault = Fault::kError;
  int error = 0;         // errno
  bool lasting = false;  // every call from that one on
  bool files_only =
      false;  // calls about anonymous memory, which a compiler makes too, do not count
};

inline constexpr int kCrashStatus = 77;  // what a process exits with that a fault ended

// From construction to destruction the calls of this process are counted and spoilt. One at a time,
// in one thread.
class FaultyCalls {
 public:
  explicit FaultyCalls(const FaultPlan& plan);
  ~FaultyCalls();
  FaultyCalls(const FaultyCalls&) = delete;
  FaultyCalls& operator=(const FaultyCalls&) = delete;

  // The names of the calls so far, in their order.
  [[nodiscard]] const std::vector<std::string>& calls() const;
  // Whether the plan's call was reached.
  [[nodiscard]] bool happened() const;

 private:
  const FaultPlan plan_;
};

}  // namespace rigjit
