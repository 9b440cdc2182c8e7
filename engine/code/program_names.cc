#include "code/program_names.h"

#include <span>
#include <vector>

#include "base/make_error.h"
#include "code/program.h"
#include "rigjit/rig.h"

namespace rigjit {
namespace {

std::vector<std::string> names_of(std::span<const Program> programs) {
  std::vector<std::string> names;
  for (const Program program : programs) names.emplace_back(to_string(program));
  return names;
}

}  // namespace

const std::vector<std::string>& program_names() {
  static const std::vector<std::string> names = names_of(kPrograms);
  return names;
}

const std::vector<std::string>& usual_program_names() {
  static const std::vector<std::string> names = names_of(kUsualPrograms);
  return names;
}

Result<Program> find_program(const std::string& name) {
  std::string known;
  for (const Program program : kPrograms) {
    if (name == to_string(program)) return program;
    known += (known.empty() ? "" : ", ") + std::string(to_string(program));
  }
  return make_error("unknown-program", "there is no program '" + name + "'; a rig has " + known);
}

}  // namespace rigjit
