#include "rigjit/about.h"

#include "code/build_id.h"
#include "code/target.h"
#include "codegen/link/compile.h"

namespace rigjit {

About about() {
  About result{RIGJIT_VERSION, engine_build().to_hex(), llvm_version(), {}};
  const TargetId host = host_target().id;
  for (const Target& target : all_targets()) {
    result.targets.push_back({target.name, host_runs(target), target.id == host});
  }
  return result;
}

}  // namespace rigjit
