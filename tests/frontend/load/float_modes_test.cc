// Whatever is kept or shown is the same however the calling thread rounds, and whether or not it
// flushes denormals or traps floating-point errors.
#include <gtest/gtest.h>

#include <cfenv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "rigjit/diff.h"
#include "rigjit/frame_rate.h"
#include "rigjit/load.h"
#include "rigjit/loaded_rigs.h"
#include "rigjit/prebuild.h"
#include "rigjit/remap.h"
#include "spec_files.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace rigjit {
namespace {

// Numbers that no float is, denormals, limits at which a rest pose needs rounding.
constexpr const char* kSpec = R"(rigjit: 1
name: modes
mirror: {pairs: [[l_, r_]], translation: [-1, 1, 1], rotation: [1, -1, -1]}
controllers:
  - name: l_arm
    transformations:
      - translation: {axes: xyz, scale: [0.1, 3.3333333333, 1e-40], center: [0.7, -0.3, 2e-42]}
      - rotation3d: {rotate_order: zxy, min: [-91.7, none, none]}
      - attribute: {name: stretch, scale: 0.3, center: 0.1, min: 0.3333333333, max: 0.7}
  - name: r_arm
    transformations:
      - translation: {axes: xyz, scale: [0.1, 3.3333333333, 1e-40], center: [0.7, -0.3, 2e-42]}
      - rotation3d: {rotate_order: zxy, angle_unit: radians}
      - attribute: {name: stretch, scale: 0.3, center: 0.1, min: 0.3333333333, max: 0.7}
  - name: head
    transformations:
      - rotation3d: {output: quaternion, rot6d: rows}
      - rotation1d: {axis: x}
  - name: switch
    transformations:
      - constant: {name: tiny, value: 1e-44}
      - constant: {name: tenth, value: 0.1}
      - attribute: {name: count, type: int, scale: 0.1, center: 0.7, min: -3, max: 200}
)";
constexpr const char* kNewSpec = R"(rigjit: 1
controllers:
  - name: l_arm
    transformations:
      - translation: {axes: xyz, scale: [0.3, 0.7, 3e-41], center: [0.1, 0.9, 1e-42]}
)";

struct Mode {
  const char* name;
  int rounding;
  unsigned mxcsr;  // bits to set
};
constexpr unsigned kFlush = 0x8040;
constexpr Mode kModes[] = {{"downward", FE_DOWNWARD, 0},
                           {"upward", FE_UPWARD, 0},
                           {"toward_zero", FE_TOWARDZERO, 0},
                           {"flushing", FE_TONEAREST, kFlush},
                           {"upward_and_flushing", FE_UPWARD, kFlush}};

class ScopedMode {
 public:
  explicit ScopedMode(const Mode& mode) {
    std::fegetenv(&saved_);
    std::fesetround(mode.rounding);
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | mode.mxcsr);
    modes_ = _mm_getcsr() & ~0x3FU;
#endif
  }
  ~ScopedMode() { std::fesetenv(&saved_); }
  ScopedMode(const ScopedMode&) = delete;
  ScopedMode& operator=(const ScopedMode&) = delete;
  [[nodiscard]] bool is_kept() const {
#if defined(__x86_64__)
    return (_mm_getcsr() & ~0x3FU) == modes_;
#else
    return true;
#endif
  }

 private:
  std::fenv_t saved_{};
  unsigned modes_ = 0;
};

using Results = std::map<std::string, std::string>;

template <typename T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

void add_rig(const Rig& rig, Results& results) {
  results["hash"] = rig.hash();
  results["rest"] = bytes_of(rig.rest_vec());
  results["plan"] = rig.plan().value();
  results["ir"] = rig.ir("", "values-continuous").value();
  std::vector<float> vec(rig.rest_vec());
  EXPECT_TRUE(rig.rig_to_vec(
      "{}", 2, vec.data(),
      {PoseOptions::Form::kJson, PoseOptions::Missing::kRest, PoseOptions::Extra::kIgnore}));
  results["back"] = bytes_of(vec);
  const std::string pose = R"({"l_arm":{"translateX":0.1,"translateZ":3e-42,"stretch":0.7},)"
                           R"("r_arm":{"translateY":12.3456789012345}})";
  EXPECT_TRUE(rig.rig_to_vec(
      pose.data(), pose.size(), vec.data(),
      {PoseOptions::Form::kDetect, PoseOptions::Missing::kRest, PoseOptions::Extra::kIgnore}));
  results["pose"] = bytes_of(vec);
  PoseReader reader(
      rig, {PoseOptions::Form::kDetect, PoseOptions::Missing::kRest, PoseOptions::Extra::kIgnore});
  reader.begin_controller("l_arm");
  reader.number("translateX", 0.1);
  EXPECT_TRUE(reader.finish(vec.data()));
  results["reader"] = bytes_of(vec);
  std::vector<float> mirrored(vec.size());
  EXPECT_TRUE(rig.mirror(vec.data(), mirrored.data()));
  results["mirrored"] = bytes_of(mirrored);
  std::string json(rig.json_capacity(), ' ');
  const auto size = rig.vec_to_json(rig.rest_vec().data(), json.data());
  results["json"] = json.substr(0, size.value());
}

// Everything, made anew; the files of the cache too.
Results everything() {
  const SpecDirectory directory;
  LoadOptions options;
  options.cache_dir = directory.path("cache");
  forget_loaded_rigs();
  Results results;
  add_rig(loads(kSpec, options).value(), results);
  for (const std::string& program : program_names()) {
    EXPECT_TRUE(prebuild(SpecSource::text(kSpec), options, {program}));
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*options.cache_dir)) {
    // The tally tells the time.
    if (!entry.is_regular_file() || entry.path().filename() == ".tally") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    results[entry.path().filename()] = bytes.str();
  }
  results["flat"] = resolve(SpecSource::text(kSpec)).value();
  const auto old_plan = read_plan(SpecSource::text(kSpec)).value();
  const auto new_plan = read_plan(SpecSource::text(kNewSpec)).value();
  const Remap carried = remap(*old_plan, *new_plan);
  results["remap"] = bytes_of(carried.gain) + bytes_of(carried.bias) + bytes_of(carried.fill);
  results["diff"] = to_string(diff(*old_plan, *new_plan));
  results["rate"] = to_string(parse_frame_rate("23.976").value());
  return results;
}

class FloatModes : public testing::TestWithParam<Mode> {};

TEST_P(FloatModes, ChangeNothing) {
  const Results expected = everything();
  EXPECT_GT(expected.size(), 15U);
  Results results;
  bool is_kept = false;
  {
    const ScopedMode mode(GetParam());
    results = everything();
    is_kept = mode.is_kept();
  }
  EXPECT_TRUE(is_kept) << "the caller's modes have changed";
  ASSERT_EQ(results.size(), expected.size());
  for (const auto& [what, bytes] : expected) {
    EXPECT_TRUE(results[what] == bytes) << what << " differs";
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, FloatModes, testing::ValuesIn(kModes),
                         [](const auto& mode) { return std::string(mode.param.name); });

TEST(FloatModesTest, TrapsAreNotTaken) {
  const Results expected = everything();
  std::fenv_t saved;
  std::fegetenv(&saved);
  ::feenableexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
  const Results results = everything();
  std::fesetenv(&saved);
  EXPECT_EQ(results.at("plan"), expected.at("plan"));
}

}  // namespace
}  // namespace rigjit
