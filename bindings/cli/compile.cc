#include <algorithm>

#include "commands.h"
#include "output.h"
#include "source.h"

namespace rigjit::cli {
namespace {

bool is_kept(const Rig& rig) {
  const std::vector<std::string> kept = rig.cached_programs();
  return std::ranges::count(kept, "message") + std::ranges::count(kept, "values") == 2;
}

int compile_one(const std::string& spec, const LoadOptions& load) {
  const Result<Rig> rig = load_spec(spec, load);
  if (!rig) return complain(rig.errors());
  // The values program is compiled when it is first asked for.
  std::vector<float> values(rig->channel_count());
  if (const Status status = rig->vec_to_values(rig->rest_vec().data(), values.data()); !status) {
    return complain(status.errors());
  }
  if (!is_kept(*rig)) {
    complain(spec + ": compiled, but not kept: " + rig->cache_note());
    return kMistake;
  }
  return print(spec + ": " + rig->hash() + " for " + rig->target() + ", " +
               to_string(rig->origin()) + "\n");
}

}  // namespace

int compile(const CompileOptions& options) {
  std::vector<std::optional<std::string>> targets(options.targets.begin(), options.targets.end());
  if (targets.empty()) targets.emplace_back();
  int exit_code = kFine;
  for (const std::string& spec : options.specs) {
    for (const std::optional<std::string>& target : targets) {
      LoadOptions load;
      load.cache_dir = options.cache_dir;
      load.target = target;
      load.name_space = options.name_space;
      exit_code = std::max(exit_code, compile_one(spec, load));
    }
  }
  return exit_code;
}

}  // namespace rigjit::cli
