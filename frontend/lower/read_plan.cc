#include <memory>

#include "lower/lower.h"
#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

Result<std::shared_ptr<const Plan>> read_plan(const std::string& path) {
  const Result<ResolvedSpec> resolved = resolve_file(path);
  if (!resolved) return resolved.errors();
  return std::make_shared<const Plan>(lower(resolved->spec));
}

Result<std::shared_ptr<const Plan>> read_plan_text(std::string_view text, const std::string& file,
                                                   const std::optional<std::string>& base_dir) {
  const Result<RigSpec> spec = parse(text, file, base_dir);
  if (!spec) return spec.errors();
  return std::make_shared<const Plan>(lower(*spec));
}

}  // namespace rigjit
