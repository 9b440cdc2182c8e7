// One file of a spec, read by itself: what it says of its own, and what it does to its base.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/controllers.h"
#include "spec/mirror.h"
#include "spec/report.h"
#include "spec/rig_spec.h"

namespace rigjit {

// A text of the file that means something outside of it.
struct Reference {
  std::string text;
  Place place;
};

struct SpecLayer {
  // Its own name, metadata and controllers, with the defaults of this file filled in. Without
  // mistakes only while the report is empty.
  RigSpec spec;
  std::optional<Reference> base;      // a path, as it was written
  std::vector<Reference> drop;        // names of controllers, each once
  std::optional<MirrorBlock> mirror;  // stands for the whole one of the base
  // Whether `spec` has the name of every controller that the file lists, whatever its mistakes.
  bool has_all_names = false;
  Report report;
};

// `text`: as it lies in the file. Adds to `size`.
[[nodiscard]] SpecLayer read_layer(std::string_view text, SizeSoFar& size);

// Puts `layer` on top of `spec`, its base: drops controllers, then replaces those of the same name
// where they stand, then appends the others. Metadata is merged by key. Reports to the layer.
// `has_all_names`: whether `spec` has the names of all controllers below.
void put_on_top(SpecLayer& layer, RigSpec& spec, bool has_all_names);

}  // namespace rigjit
