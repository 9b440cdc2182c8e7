#include "poses/pose_form.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/default_float_env.h"
#include "base/printable.h"
#include "reference/reference.h"

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RIGJIT_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RIGJIT_WIDEST
#endif

namespace rigjit {
namespace {

// Whether every bit that `mask` has set is equal in `a` and `b`.
RIGJIT_WIDEST bool equal_where(const uint8_t* a, const uint8_t* b, const uint8_t* mask,
                               std::size_t size) {
  constexpr std::size_t kWords = 8;
  std::size_t i = 0;
  for (; i + kWords * 8 <= size; i += kWords * 8) {
    uint64_t x[kWords], y[kWords], m[kWords];
    std::memcpy(x, a + i, sizeof(x));
    std::memcpy(y, b + i, sizeof(y));
    std::memcpy(m, mask + i, sizeof(m));
    uint64_t different = 0;
    for (std::size_t k = 0; k < kWords; ++k) different |= (x[k] ^ y[k]) & m[k];
    if (different != 0) return false;
  }
  unsigned rest = 0;
  for (; i < size; ++i) rest |= (a[i] ^ b[i]) & mask[i];
  return rest == 0;
}

bool is_plain(std::string_view name) {
  constexpr std::size_t kMaxBytes = 63;
  return name.size() <= kMaxBytes && std::ranges::none_of(name, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
         });
}

std::optional<uint32_t> find_sorted(std::span<const uint32_t> sorted, std::string_view name,
                                    const auto& name_of) {
  const auto place = std::ranges::lower_bound(sorted, name, {}, name_of);
  if (place == sorted.end() || name_of(*place) != name) return {};
  return *place;
}

}  // namespace

Result<PoseForm> PoseForm::make(std::shared_ptr<const Plan> shared_plan) {
  const Plan& plan = *shared_plan;
  const DefaultFloatEnv env;
  Result<MessageLayout> layout = message_layout(plan);
  if (!layout) return std::move(layout).errors();
  PoseForm form(std::move(shared_plan));
  const uint32_t channels = plan.channel_count();

  form.attributes_.assign(form.plan_->attributes().begin(), form.plan_->attributes().end());
  for (const std::string_view attribute : form.attributes_) {
    form.plain_attributes_.push_back(is_plain(attribute) ? attribute : std::string_view());
  }
  form.is_constant_.resize(channels, 0);
  for (const Operation& operation : plan.operations()) {
    if (std::holds_alternative<Constant>(operation)) form.is_constant_[channel_of(operation)] = 1;
  }
  for (const double value : evaluate(plan, rest_vec(plan))) {
    form.rest_values_.push_back(static_cast<float>(value));
  }

  form.controllers_by_name_.resize(plan.controllers().size());
  std::iota(form.controllers_by_name_.begin(), form.controllers_by_name_.end(), 0u);
  std::ranges::sort(form.controllers_by_name_, {},
                    [&](uint32_t i) { return std::string_view(plan.controllers()[i].name); });
  form.channels_by_name_.resize(channels);
  std::iota(form.channels_by_name_.begin(), form.channels_by_name_.end(), 0u);
  for (const PlanController& controller : plan.controllers()) {
    std::ranges::sort(std::span(form.channels_by_name_)
                          .subspan(controller.first_channel, controller.channel_count),
                      {}, [&](uint32_t i) { return std::string_view(plan.attributes()[i]); });
  }

  form.slots_ = std::move(layout->slots);
  form.message_ = std::move(layout->bytes);
  form.mask_.resize(form.message_.size(), 0xff);
  for (uint32_t channel = 0; channel < channels; ++channel) {
    std::memset(&form.mask_[form.slots_[channel]], 0, layout->widths[channel]);
  }
  for (const Operation& operation : plan.operations()) {
    const uint32_t channel = channel_of(operation);
    if (plan.types()[channel] == ChannelType::kFloat) continue;
    form.typed_slots_.push_back({channel, form.slots_[channel], plan.types()[channel],
                                 layout->widths[channel] == 1, rigjit::whole_limits(operation)});
    // Read as a float first: no message is shorter than that.
    const auto last = static_cast<uint32_t>(form.message_.size() - sizeof(float));
    form.slots_[channel] = std::min(form.slots_[channel], last);
  }
  return form;
}

std::optional<uint32_t> PoseForm::find_controller(std::string_view name, uint32_t expected) const {
  const auto& controllers = plan_->controllers();
  if (expected < controllers.size() && controllers[expected].name == name) return expected;
  return find_sorted(controllers_by_name_, name,
                     [&](uint32_t i) { return std::string_view(controllers[i].name); });
}

std::optional<uint32_t> PoseForm::find_channel(uint32_t controller,
                                               std::string_view attribute) const {
  const auto& [name, first, count] = plan_->controllers()[controller];
  return find_sorted(std::span(channels_by_name_).subspan(first, count), attribute,
                     [&](uint32_t i) { return attributes_[i]; });
}

Limits PoseForm::whole_limits(uint32_t channel) const {
  const auto slot = std::ranges::lower_bound(typed_slots_, channel, {}, &TypedSlot::channel);
  return slot != typed_slots_.end() && slot->channel == channel ? slot->limits : Limits{};
}

bool PoseForm::holds_whole_values(const float* values) const {
  return std::ranges::all_of(typed_slots_, [&](const TypedSlot& slot) {
    const float value = values[slot.channel];
    return value >= slot.limits.min && value <= slot.limits.max && value == std::trunc(value);
  });
}

std::optional<uint32_t> PoseForm::find_name(uint32_t channel, std::string_view name) const {
  const std::vector<std::string>& names = plan_->enum_names(channel);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return {};
  return static_cast<uint32_t>(found - names.begin());
}

std::string PoseForm::name_of(uint32_t channel) const {
  return printable(controller(plan_->controller_of(channel)).name + "." +
                   plan_->attributes()[channel]);
}

std::string controller_path(std::string_view name) { return "pose[\"" + printable(name) + "\"]"; }

std::string PoseForm::path_of(uint32_t channel) const {
  return controller_path(controller(plan_->controller_of(channel)).name) + "[\"" +
         printable(plan_->attributes()[channel]) + "\"]";
}

bool PoseForm::read_own_message(std::span<const uint8_t> bytes, float* values) const {
  if (bytes.size() != message_.size() ||
      !equal_where(bytes.data(), message_.data(), mask_.data(), bytes.size())) {
    return false;
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    uint32_t word;
    std::memcpy(&word, bytes.data() + slots_[i], sizeof(word));
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap32(word);
    std::memcpy(values + i, &word, sizeof(word));
  }
  return std::ranges::all_of(typed_slots_, [&](const TypedSlot& slot) {
    return read_slot(slot, bytes.data(), values[slot.channel]);
  });
}

// A number that the rig itself would not write is none of this form.
bool PoseForm::read_slot(const TypedSlot& slot, const uint8_t* message, float& value) {
  constexpr uint8_t kFalse = 0xc2;
  int32_t number = message[slot.offset];
  if (slot.type == ChannelType::kBool) {
    number -= kFalse;
  } else if (!slot.is_byte) {
    uint32_t word;
    std::memcpy(&word, message + slot.offset, sizeof(word));
    if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap32(word);
    number = std::bit_cast<int32_t>(word);
  }
  value = static_cast<float>(number);
  // Beyond 2^24 the float may be another number.
  return static_cast<double>(number) >= slot.limits.min &&
         static_cast<double>(number) <= slot.limits.max;
}

}  // namespace rigjit
