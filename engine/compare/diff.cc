#include "rigjit/diff.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/default_float_env.h"
#include "compare/plan_match.h"
#include "plan/plan.h"
#include "plan/words.h"

namespace rigjit {
namespace {

// Which elements belong to a longest increasing subsequence: the others are fewest to have moved.
std::vector<bool> in_order(const std::vector<uint32_t>& sequence) {
  std::vector<std::size_t> tails;  // of the best subsequence of each length
  std::vector<std::size_t> previous(sequence.size());
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    const auto tail = std::ranges::lower_bound(tails, sequence[i], {},
                                               [&](std::size_t at) { return sequence[at]; });
    previous[i] = tail == tails.begin() ? i : *(tail - 1);
    if (tail == tails.end()) {
      tails.push_back(i);
    } else {
      *tail = i;
    }
  }
  std::vector<bool> ordered(sequence.size(), false);
  if (tails.empty()) return ordered;
  for (std::size_t i = tails.back(); !ordered[i]; i = previous[i]) ordered[i] = true;
  return ordered;
}

struct Coefficient {
  const char* name;
  std::string value;
};

// One overload for each kind of operation: all that the rig hash covers but names and order.
struct CoefficientsOf {
  const Plan& plan;

  std::vector<Coefficient> operator()(const Affine& op) const {
    std::vector<Coefficient> all{{"transformation", kind(op.input)},
                                 {"scale", digits(op.scale)},
                                 {"center", digits(op.center)}};
    if (op.type != ChannelType::kFloat) all.push_back({"type", to_string(op.type)});
    if (op.type == ChannelType::kEnum) {
      all.push_back({"encoding", "index"});
      all.push_back({"names", list_of_names(plan.enum_names(op.channel))});
    }
    add_limits(all, {op.limits()}, op.type);
    return all;
  }
  std::vector<Coefficient> operator()(const OneHot& op) const {
    return {{"transformation", kind(op.input)},
            {"type", to_string(ChannelType::kEnum)},
            {"encoding", "one_hot"},
            {"names", list_of_names(plan.enum_names(op.channel))}};
  }
  std::vector<Coefficient> operator()(const Angle& op) const {
    std::vector<Coefficient> all{{"transformation", kind(op.input)},
                                 {"order", op.cos_first ? "cos_sin" : "sin_cos"},
                                 {"angle_unit", to_string(op.unit)}};
    add_limits(all, {op.limits});
    return all;
  }
  std::vector<Coefficient> operator()(const Rotation& op) const {
    std::vector<Coefficient> all{{"transformation", kind(op.input)},
                                 {"rot6d", word_of(op.layout)},
                                 {"output", word_of(op.output)}};
    if (op.output == RotationOutput::kEuler) {
      all.push_back({"rotate_order", to_string(op.order)});
      all.push_back({"angle_unit", to_string(op.unit)});
      add_limits(all, {op.limits.begin(), op.limits.end()});
    }
    return all;
  }
  std::vector<Coefficient> operator()(const Constant& op) const {
    return {{"transformation", to_string(TransformationKind::kConstant)},
            {"value", digits(op.value)}};
  }

  // "min: 0", or "min: [0, -inf, -90]" for several channels. Those of an enum follow its names.
  static void add_limits(std::vector<Coefficient>& all, const std::vector<Limits>& limits,
                         ChannelType type = ChannelType::kFloat) {
    const float widest = type == ChannelType::kInt ? kLargestInt : INFINITY;
    const auto add = [&](const char* name, float Limits::* limit, float otherwise) {
      if (std::ranges::all_of(limits, [&](const Limits& l) { return l.*limit == otherwise; }))
        return;
      std::string text;
      for (const Limits& one : limits) text += (text.empty() ? "" : ", ") + digits(one.*limit);
      all.push_back({name, limits.size() == 1 ? text : "[" + text + "]"});
    };
    if (type != ChannelType::kEnum) {
      add("min", &Limits::min, -widest);
      add("max", &Limits::max, widest);
    }
    if (std::ranges::any_of(limits, &Limits::can_fail)) all.push_back({"limit", "error"});
  }

  [[nodiscard]] std::string kind(uint32_t input) const {
    return to_string(plan.inputs()[input].transformation);
  }
};

const std::string* find(const std::vector<Coefficient>& coefficients, std::string_view name) {
  const auto found = std::ranges::find(coefficients, name, &Coefficient::name);
  return found == coefficients.end() ? nullptr : &found->value;
}

std::optional<std::string> copy(const std::string* text) {
  return text == nullptr ? std::nullopt : std::optional(*text);
}

class Differ {
 public:
  Differ(const Plan& old_plan, const Plan& new_plan)
      : old_(old_plan), new_(new_plan), match_(match(old_plan, new_plan)) {}

  RigDiff run() {
    diff_.old_hash = rig_hash(old_).to_hex();
    diff_.new_hash = rig_hash(new_).to_hex();
    compare_channels();
    compare_inputs();
    for (uint32_t i = 0; i < new_.operations().size(); ++i) compare_coefficients(i);
    return std::move(diff_);
  }

 private:
  void compare_inputs() {
    std::vector<bool> is_matched(old_.operations().size(), false);
    for (const uint32_t old_operation : match_.old_operation) {
      if (old_operation != kNoMatch) is_matched[old_operation] = true;
    }
    for (uint32_t i = 0; i < old_.operations().size(); ++i) {
      const InputRange range = inputs_of(old_.operations()[i]);
      for (uint32_t k = 0; k < range.count && !is_matched[i]; ++k) {
        const uint32_t index = range.first + k;
        diff_.inputs.push_back({Change::kRemoved, old_.inputs()[index], index, {}});
      }
    }
    const std::vector<bool> stays = staying_operations();
    for (uint32_t i = 0; i < new_.operations().size(); ++i) {
      const bool is_added = match_.old_operation[i] == kNoMatch;
      if (is_added || !stays[i]) add_inputs(i, is_added);
    }
  }

  // Inputs move with their channels. An operation whose output changed has none in common: it stays
  // if it is between the same neighbours.
  [[nodiscard]] std::vector<bool> staying_operations() const {
    const std::size_t count = new_.operations().size();
    std::vector<bool> stays(count, false);
    std::vector<uint32_t> next(count + 1, kNoMatch);  // the old operation of the next that stays
    for (std::size_t i = count; i-- > 0;) {
      const uint32_t channel = channel_of(new_.operations()[i]);
      const uint32_t old_operation = match_.old_operation[i];
      stays[i] = old_operation != kNoMatch && channel_stays_[channel] &&
                 match_.writer_in_old[match_.old_channel[channel]] == old_operation;
      next[i] = stays[i] ? old_operation : next[i + 1];
    }
    int64_t last = -1;
    for (std::size_t i = 0; i < count; ++i) {
      const uint32_t old_operation = match_.old_operation[i];
      const bool has_shared = match_.old_channel[channel_of(new_.operations()[i])] != kNoMatch;
      if (old_operation != kNoMatch && !has_shared) {
        stays[i] = old_operation > last && old_operation < next[i + 1];
      }
      if (stays[i]) last = old_operation;
    }
    return stays;
  }

  void add_inputs(uint32_t operation, bool is_added) {
    const Operation& op = new_.operations()[operation];
    const InputRange range = inputs_of(op);
    for (uint32_t k = 0; k < range.count; ++k) {
      InputChange change{Change::kAdded, new_.inputs()[range.first + k], {}, range.first + k};
      if (!is_added) {
        change.change = Change::kMoved;
        change.old_index = old_input(old_.operations()[match_.old_operation[operation]], op, k);
      }
      diff_.inputs.push_back(std::move(change));
    }
  }

  void compare_channels() {
    const std::vector<Channel> old_channels = old_.channels();
    std::vector<Channel> new_channels = new_.channels();
    std::vector<bool> is_matched(old_channels.size(), false);
    std::vector<uint32_t> sequence;
    for (const uint32_t channel : match_.old_channel) {
      if (channel == kNoMatch) continue;
      is_matched[channel] = true;
      sequence.push_back(channel);
    }
    for (uint32_t i = 0; i < old_channels.size(); ++i) {
      if (!is_matched[i]) diff_.channels.push_back({Change::kRemoved, old_channels[i], i, {}});
    }
    const std::vector<bool> ordered = in_order(sequence);
    channel_stays_.assign(new_channels.size(), false);
    std::size_t matched = 0;
    for (uint32_t i = 0; i < new_channels.size(); ++i) {
      const uint32_t old_channel = match_.old_channel[i];
      if (old_channel == kNoMatch) {
        diff_.channels.push_back({Change::kAdded, std::move(new_channels[i]), {}, i});
        continue;
      }
      channel_stays_[i] = ordered[matched++];
      if (!channel_stays_[i]) {
        diff_.channels.push_back({Change::kMoved, std::move(new_channels[i]), old_channel, i});
      }
    }
  }

  // A new operation with every old one that writes one of its channels or reads its inputs.
  void compare_coefficients(uint32_t operation) {
    const uint32_t first = channel_of(new_.operations()[operation]);
    const uint32_t count = channel_count_of(new_.operations()[operation]);
    std::vector<uint32_t> old_operations;
    const auto add = [&](uint32_t old_operation) {
      const auto found = std::ranges::find(old_operations, old_operation);
      if (found == old_operations.end()) old_operations.push_back(old_operation);
    };
    for (uint32_t channel = first; channel < first + count; ++channel) {
      const uint32_t old_channel = match_.old_channel[channel];
      if (old_channel != kNoMatch) add(match_.writer_in_old[old_channel]);
    }
    if (match_.old_operation[operation] != kNoMatch) add(match_.old_operation[operation]);
    for (const uint32_t old_operation : old_operations) compare_pair(old_operation, operation);
  }

  void compare_pair(uint32_t old_operation, uint32_t operation) {
    const auto was = std::visit(CoefficientsOf{old_}, old_.operations()[old_operation]);
    const auto now = std::visit(CoefficientsOf{new_}, new_.operations()[operation]);
    for (const Coefficient& coefficient : was) {
      const std::string* value = find(now, coefficient.name);
      if (value == nullptr || *value != coefficient.value) {
        add_coefficient(old_operation, operation, coefficient.name, coefficient.value, copy(value));
      }
    }
    for (const Coefficient& coefficient : now) {
      if (find(was, coefficient.name) != nullptr) continue;
      add_coefficient(old_operation, operation, coefficient.name, {}, coefficient.value);
    }
  }

  void add_coefficient(uint32_t old_operation, uint32_t operation, const char* name,
                       std::optional<std::string> old_value, std::optional<std::string> new_value) {
    const Operation& op = new_.operations()[operation];
    const uint32_t first = channel_of(op);
    std::vector<std::string> shared;
    std::vector<std::string> all;
    for (uint32_t channel = first; channel < first + channel_count_of(op); ++channel) {
      all.push_back(new_.attributes()[channel]);
      const uint32_t old_channel = match_.old_channel[channel];
      if (old_channel == kNoMatch || match_.writer_in_old[old_channel] != old_operation) continue;
      shared.push_back(new_.attributes()[channel]);
    }
    diff_.coefficients.push_back({new_.controllers()[new_.controller_of(first)].name,
                                  shared.empty() ? std::move(all) : std::move(shared), name,
                                  std::move(old_value), std::move(new_value)});
  }

  const Plan& old_;
  const Plan& new_;
  const PlanMatch match_;
  std::vector<bool> channel_stays_;  // of the new channels those that both have, and in order
  RigDiff diff_;
};

}  // namespace

RigDiff diff(const Plan& old_plan, const Plan& new_plan) {
  const DefaultFloatEnv env;
  return Differ(old_plan, new_plan).run();
}

}  // namespace rigjit
