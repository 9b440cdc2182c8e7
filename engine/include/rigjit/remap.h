// Carries vectors, values and networks of an old rig over to a new one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rigjit/export.h"

namespace rigjit {

class Plan;  // from Rig::shared_plan() or read_plan()

// Inputs of the new rig that no old ones give.
struct NotCarried {
  std::string controller;
  std::vector<std::string> attributes;  // that the inputs make
  std::string reason;
};

// new_vec[i] = old_vec[inputs[i]] * gain[i] + bias[i], or fill[i] where inputs[i] is -1. Every
// channel that is made by carried inputs then means what it did in the old rig, up to the limits of
// both and float32 rounding.
struct Remap {
  uint32_t old_vec_size = 0;
  // One an input of the new rig.
  std::vector<int64_t> inputs;  // index in the old vector, or -1
  std::vector<double> gain;     // old scale / new scale; 0 where not carried
  std::vector<double> bias;     // (old center - new center) / new scale; 0 where not carried
  std::vector<float> fill;      // rest_vec of the new rig; what was a constant gives its value
  // One a channel of the new rig: index in the old values, or -1 if the old rig has no channel of
  // this name, or one whose number means something else (angle unit, rotate order, names of an
  // enum).
  std::vector<int64_t> channels;
  std::vector<NotCarried> not_carried;  // in the order of the new rig
};

// Thread-safe; time and memory are linear in the size of the rigs.
[[nodiscard]] RIGJIT_EXPORT Remap remap(const Plan& old_plan, const Plan& new_plan);

}  // namespace rigjit
