#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

Errors check(const std::string& path) {
  const Result<ResolvedSpec> spec = resolve_file(path);
  return spec ? Errors{} : spec.errors();
}

Errors check_text(std::string_view text, const std::string& file,
                  const std::optional<std::string>& base_dir) {
  const Result<RigSpec> spec = parse(text, file, base_dir);
  return spec ? Errors{} : spec.errors();
}

}  // namespace rigjit
