#include "cache/cache_why.h"
#include "load/load_targets.h"
#include "lower/lower.h"
#include "lower/name_space.h"
#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

Result<CacheExplanation> explain_cache(const SpecSource& spec, const LoadOptions& options) {
  Result<ResolvedSpec> resolved = resolve_source(spec);
  if (!resolved) return std::move(resolved).errors();
  const Result<Targets> targets = targets_for(options.target);
  if (!targets) return targets.errors();
  if (std::optional<Error> error = check_name_space(options.name_space)) return *std::move(error);
  if (Errors errors = check_name_space(options.name_space, resolved->spec); !errors.empty()) {
    return errors;
  }
  const Result<RigDescription> description =
      describe(lower(resolved->spec, options.name_space), std::move(resolved->spec.name),
               std::move(resolved->spec.metadata));
  if (!description) return description.errors();
  return explain_cache(*description, *targets, options.cache_dir);
}

}  // namespace rigjit
