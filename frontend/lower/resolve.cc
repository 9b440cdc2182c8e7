#include "lower/write_spec.h"
#include "rigjit/load.h"
#include "spec/bases.h"
#include "yaml/text_check.h"

namespace rigjit {
namespace {

Result<std::string> flat(const Result<RigSpec>& spec, const std::string& file) {
  if (!spec) return spec.errors();
  std::string text = write_spec(*spec);
  if (text.size() <= kMaxTextBytes) return text;
  Error error;
  error.code = "file-too-large";
  error.message = "the flat spec has more than 32 MB, too many for a spec";
  error.file = file;
  return error;
}

}  // namespace

Result<std::string> resolve(const std::string& path) {
  Result<ResolvedSpec> resolved = resolve_file(path);
  if (!resolved) return std::move(resolved).errors();
  return flat(std::move(resolved->spec), path);
}

Result<std::string> resolve_text(std::string_view text, const std::string& file,
                                 const std::optional<std::string>& base_dir) {
  return flat(parse(text, file, base_dir), file);
}

}  // namespace rigjit
