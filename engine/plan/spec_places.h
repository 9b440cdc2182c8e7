// Where in its spec a rig comes from, for dumps and pages; no part of what a rig means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rigjit {

// Lines of a file, from 1, both included.
struct SpecLines {
  uint32_t file = 0;  // index into SpecPlaces::files
  uint32_t first = 0;
  uint32_t last = 0;
  friend bool operator==(const SpecLines&, const SpecLines&) = default;
};

struct SpecPlaces {
  std::vector<std::string> files;      // names: the spec, its base, the base's base …
  std::vector<SpecLines> controllers;  // one a controller of the Plan
  std::vector<SpecLines> channels;     // one a channel: the transformation that it comes from

  // "hero.yaml:12", "hero.yaml:12-15"
  [[nodiscard]] std::string text(const SpecLines& lines) const {
    std::string text = files[lines.file] + ":" + std::to_string(lines.first);
    if (lines.last > lines.first) text += "-" + std::to_string(lines.last);
    return text;
  }
};

}  // namespace rigjit
