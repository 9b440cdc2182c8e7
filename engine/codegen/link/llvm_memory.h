// Memory that ends while LLVM works.
#pragma once

#include <cstddef>

namespace rigjit {

// While one lives, its thread is inside LLVM, which is built without exceptions: no std::bad_alloc
// can leave it. So it begins by asking for the memory that LLVM will roughly need, and throws
// std::bad_alloc where there is none; nothing has begun then. Where memory ends later all the same,
// the process says so on stderr, and aborts.
//
// The first one makes a std::new_handler of the process, which hands on whatever is not of LLVM to
// the handler before it, or throws std::bad_alloc as without one.
class LlvmMemory {
 public:
  // `operations`: of the plan that is compiled.
  explicit LlvmMemory(std::size_t operations);
  ~LlvmMemory();
  LlvmMemory(const LlvmMemory&) = delete;
  LlvmMemory& operator=(const LlvmMemory&) = delete;
};

}  // namespace rigjit
