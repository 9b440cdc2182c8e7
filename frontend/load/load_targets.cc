#include "load/load_targets.h"

#include "base/make_error.h"

namespace rigjit {
namespace {

// Every target that gives the best target's bytes and runs here, best first: a farm's slower code
// is worth more than compiling. Only those with FMA give the same bytes as each other.
Targets host_targets() {
  const Target& best = host_target();
  Targets targets;
  for (const Target& target : all_targets()) {
    const bool is_best = target.id == best.id;
    if (is_best || (!targets.empty() && host_runs(target) && target.has_fma == best.has_fma)) {
      targets.push_back(&target);
    }
  }
  return targets;
}

}  // namespace

Result<const Target*> prebuild_target(const std::optional<std::string>& name) {
  if (!name) return &host_target();
  return find_target(*name);
}

Result<Targets> targets_for(const std::optional<std::string>& name) {
  if (!name) return host_targets();
  Result<const Target*> target = find_target(*name);
  if (!target) return std::move(target).errors();
  if (!host_runs(**target)) {
    return make_error("target-not-runnable", "this machine cannot run code made for '" + *name +
                                                 "'; it runs '" + host_target().name + "' at best");
  }
  return Targets{*target};
}

}  // namespace rigjit
