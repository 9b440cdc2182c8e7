// A program of a Plan, compiled and mapped, for tests that call kernels.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <vector>

#include "code/loaded_code.h"
#include "codegen/link/compile.h"
#include "plan/layout.h"

namespace rigjit::testing {

inline LoadedCode compiled(const Plan& plan, Program program,
                           const Target& target = host_target()) {
  auto image = compile(plan, program, target);
  if (!image) throw std::runtime_error(to_string(image.errors()));
  auto code = LoadedCode::copy(*image);
  if (!code) throw std::runtime_error(to_string(code.errors()));
  return std::move(*code);
}

inline std::vector<const Target*> runnable_targets() {
  std::vector<const Target*> targets;
  for (const Target& target : all_targets()) {
    if (host_runs(target)) targets.push_back(&target);
  }
  return targets;
}

// "x86_64_v3", for the names of parameterised tests.
inline std::string name_of_target(const ::testing::TestParamInfo<const Target*>& info) {
  std::string name = info.param->name;
  std::ranges::replace(name, '-', '_');
  return name;
}

struct Converted {
  bool ok;
  std::vector<float> values;
};

inline Converted values_of(const Plan& plan, const LoadedCode& values,
                           const std::vector<float>& vec) {
  Converted result{false, std::vector<float>(plan.channel_count())};
  result.ok = values(vec.data(), reinterpret_cast<uint8_t*>(result.values.data())) == 0;
  return result;
}

// What the message has in a channel's slot.
inline uint32_t word_of(ChannelType type, float value) {
  if (type == ChannelType::kFloat) return std::bit_cast<uint32_t>(value);
  const auto whole = static_cast<int32_t>(value);
  return static_cast<uint32_t>(type == ChannelType::kBool ? 0xc2 + whole : whole);
}

// What the message must be: the layout's bytes with the values in their slots.
inline std::vector<uint8_t> message_with(const Plan& plan, const MessageLayout& layout,
                                         const std::vector<float>& values) {
  std::vector<uint8_t> bytes = layout.bytes;
  for (size_t channel = 0; channel < values.size(); ++channel) {
    const uint32_t word = word_of(plan.types()[channel], values[channel]);
    const int width = layout.widths[channel];
    for (int k = 0; k < width; ++k) {
      bytes[layout.slots[channel] + k] = static_cast<uint8_t>(word >> (8 * (width - 1 - k)));
    }
  }
  return bytes;
}

}  // namespace rigjit::testing
