#include "sample_rig.h"

#include "fuzz_target.h"
#include "rigjit/load.h"

namespace rigjit::fuzz {
namespace {

constexpr const char* kSampleSpec = R"(rigjit: 1
name: sample
metadata: {unit: cm, up_axis: y}
controllers:
  - name: root
    transformations:
      - translation: {scale: 25, center: [1, 2, 3]}
      - rotation3d: {rotate_order: zxy, rot6d: interleaved}
      - scale: {axes: xz, scale: 0.5, center: 1}
  - name: "odd \"\u00e9\\\nend"
    transformations:
      - rotation1d: {axis: y, order: cos_sin, angle_unit: radians}
      - attribute: {name: "tab\tbed", scale: 0.5, center: 0.5, min: 0, max: 1}
      - constant: {name: IK_FK, value: 1}
  - name: head
    transformations: [rotation3d: {output: quaternion}]
)";

}  // namespace

const Rig& sample_rig() {
  static const Rig rig = [] {
    LoadOptions options;
    options.cache = false;
    const Result<Rig> loaded = loads(kSampleSpec, options, "sample");
    if (!loaded) require(false, to_string(loaded.errors()).c_str());
    return *loaded;
  }();
  return rig;
}

}  // namespace rigjit::fuzz
