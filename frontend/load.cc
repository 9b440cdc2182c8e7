#include "rigjit/load.h"

#include <memory>

#include "codegen/target.h"
#include "frontend_build.h"
#include "lower.h"
#include "read_file.h"
#include "rigjit/rig_spec.h"
#include "runtime/cache.h"
#include "runtime/log.h"
#include "runtime/make_error.h"
#include "runtime/rig_core.h"
#include "runtime/rig_registry.h"
#include "runtime/spec_record.h"

namespace rigjit {
namespace {

using Targets = std::vector<const Target*>;

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

// What besides the text decides what a spec means: the code that reads it, and those load options
// that change the Plan or the message (none so far; the target, for one, does not).
std::string meaning() { return frontend_build().to_hex(); }

// The description of a text and, where it had to be read for that, its Plan.
struct Reading {
  RigDescription description;
  std::optional<Plan> plan;
};

Result<Plan> plan_of(const std::string& text, const std::string& file) {
  const Result<RigSpec> spec = parse(text, file);
  if (!spec) return spec.errors();
  return lower(*spec);
}

Result<Reading> read(std::string_view text, const std::string& file) {
  Result<RigSpec> spec = parse(text, file);
  if (!spec) return std::move(spec).errors();
  Plan plan = lower(*spec);
  Result<RigDescription> description =
      describe(plan, std::move(spec->name), std::move(spec->metadata));
  if (!description) return std::move(description).errors();
  return Reading{std::move(description).value(), std::move(plan)};
}

// Makes the core of a text that the process does not share.
Result<std::shared_ptr<const RigCore>> make_core(std::string_view text, const std::string& file,
                                                 Targets targets,
                                                 std::shared_ptr<const Cache> cache,
                                                 const RecordKey& key) {
  std::expected<RigDescription, Reason> record = cache->find_record(key);
  if (!record) log_line("reading the spec: " + record.error());
  Result<Reading> reading = record ? Reading{std::move(*record), std::nullopt} : read(text, file);
  if (!reading) return std::move(reading).errors();
  if (reading->plan) {
    const std::expected<void, Reason> stored = cache->store_record(key, reading->description);
    if (!stored) log_line("the spec's record is not kept: " + stored.error());
  }
  RigCore::Parts parts;
  parts.description = std::move(reading->description);
  parts.targets = std::move(targets);
  parts.cache = std::move(cache);
  parts.plan_source = [text = std::string(text), file] { return plan_of(text, file); };
  return RigCore::make(std::move(parts), reading->plan ? &*reading->plan : nullptr);
}

}  // namespace

Result<Rig> load(const std::string& path, const LoadOptions& options) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.errors();
  return loads(*text, options, path);
}

Result<Rig> loads(std::string_view text, const LoadOptions& options, const std::string& file) {
  Result<Targets> targets = targets_for(options.target);
  if (!targets) return std::move(targets).errors();
  const RecordKey record = record_key(text, meaning());
  std::shared_ptr<const Cache> cache =
      options.cache ? open_cache(options.cache_dir)
                    : std::make_shared<const NullCache>("the caller wants no cache");
  const LoadKey key{record.digest, record.text_size, options.target.value_or(std::string()),
                    cache->location()};
  if (options.cache) {
    if (auto core = RigRegistry::process().find(key)) return Rig(std::move(core), Origin::kMemory);
  }
  Result<std::shared_ptr<const RigCore>> core =
      make_core(text, file, std::move(targets).value(), std::move(cache), record);
  if (!core) return std::move(core).errors();
  if (options.cache) RigRegistry::process().insert(key, *core);
  return Rig(*core, (*core)->origin());
}

}  // namespace rigjit
