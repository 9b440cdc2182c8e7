#include "read_file.h"
#include "rigjit/load.h"
#include "rigjit/rig_spec.h"

namespace rigjit {

Errors check(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return text.errors();
  return check_text(*text, path);
}

Errors check_text(std::string_view text, const std::string& file) {
  const auto spec = parse(text, file);
  return spec ? Errors{} : spec.errors();
}

}  // namespace rigjit
