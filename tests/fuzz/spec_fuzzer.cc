// The text of a spec and of its bases, with NUL between them, which no spec may hold.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_target.h"
#include "lower/lower.h"
#include "lower/write_spec.h"
#include "spec/bases.h"

namespace rigjit::fuzz {
namespace {

constexpr std::string_view kLastBase =
    "{rigjit: 1, controllers: [{name: c, transformations: [translation: {}]}]}";

// As many as a rig may have, so that none is ever looked for on disk.
std::vector<SpecFile> files_of(std::string_view text) {
  std::vector<SpecFile> files;
  while (files.size() < kMaxBases) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    files.push_back({"file" + std::to_string(files.size()), std::string(text.substr(0, end))});
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  files.resize(kMaxBases + 1, {"last", std::string(kLastBase)});
  return files;
}

void run(std::string_view text) {
  const Result<ResolvedSpec> resolved = resolve_bases(files_of(text), std::nullopt);
  if (!resolved) return require_explained(resolved.errors());
  const Plan plan = lower(resolved->spec);
  require(plan.channel_count() > 0, "a rig has channels");
  require(rest_vec(plan).size() == plan.input_count(), "the rest vector has every input");
  const std::string flat = write_spec(resolved->spec);
  const Result<ResolvedSpec> again = resolve_texts({{"flat", flat}});
  if (!again) require(false, (to_string(again.errors()) + "\n" + flat).c_str());
  require(canonical_bytes(lower(again->spec)) == canonical_bytes(plan),
          "a spec and its flat form mean the same");
  require(write_spec(again->spec) == flat, "a flat spec is its own flat form");
}

}  // namespace
}  // namespace rigjit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  rigjit::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
