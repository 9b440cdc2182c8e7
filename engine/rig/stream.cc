#include "rigjit/stream.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

#include "base/buffers.h"
#include "base/default_float_env.h"
#include "rig/frame_errors.h"
#include "rig/rig_core.h"

namespace rigjit {
namespace {

// Floats aligned as continuous programs want them.
class StateBlock {
 public:
  explicit StateBlock(std::size_t floats) : lines_((floats + kFloats - 1) / kFloats) {
    std::fill_n(data(), lines_.size() * kFloats, std::numeric_limits<float>::quiet_NaN());
  }
  [[nodiscard]] float* data() noexcept { return lines_.data()->floats; }

 private:
  static constexpr std::size_t kFloats = kStateAlignment / sizeof(float);
  struct alignas(kStateAlignment) Line {
    float floats[kFloats];
  };
  std::vector<Line> lines_;
};

}  // namespace

struct Stream::State {
  explicit State(std::size_t floats) : previous(floats), next(floats) {}
  StateBlock previous;
  StateBlock next;  // for the frame under way
};

struct Stream::Frames {
  Result<const LoadedCode*> code;
  const float* vecs;
  std::size_t count;
  uint8_t* out;
  std::size_t out_size;
  uint8_t* valid = nullptr;
  bool is_batch = false;  // whose errors name the frame
};

Stream::Stream(std::shared_ptr<const RigCore> core, std::shared_ptr<State> state)
    : core_(std::move(core)), state_(std::move(state)) {}

// Both programs of a rig remember alike.
Result<Stream> Stream::make(std::shared_ptr<const RigCore> core, const float* start) {
  const Result<const LoadedCode*> code = core->continuous_message();
  if (!code) return code.errors();
  const std::span<const uint32_t> map = (*code)->state_map();
  const auto state = std::make_shared<State>(map[0]);
  const std::span<const uint32_t> places = map.subspan(1);
  for (std::size_t channel = 0; start != nullptr && channel < places.size(); ++channel) {
    if (places[channel] != kNotRemembered) state->previous.data()[places[channel]] = start[channel];
  }
  Stream stream(std::move(core), state);
  stream.message_ = *code;
  return stream;
}

bool Stream::convert(const LoadedCode& code, const float* vec, uint8_t* out) noexcept {
  const auto kernel = std::bit_cast<ContinuousKernelFunction>(code.kernel());
  if (kernel(vec, out, state_->previous.data(), state_->next.data()) != 0) {
    return false;
  }
  std::swap(state_->previous, state_->next);
  return true;
}

Status Stream::run(const Frames& frames) {
  if (!frames.code) return frames.code.errors();
  const std::size_t vec_size = core_->description().vec_size;
  if (overlap(frames.vecs, frames.count * vec_size * sizeof(float), frames.out,
              frames.count * frames.out_size)) {
    return overlap_error();
  }
  const LoadedCode& code = **frames.code;
  for (std::size_t i = 0; i < frames.count; ++i) {
    const float* vec = frames.vecs + i * vec_size;
    uint8_t* out = frames.out + i * frames.out_size;
    const bool good = convert(code, vec, out);
    if (frames.valid != nullptr) {
      frames.valid[i] = good ? 1 : 0;
      if (!good) std::memset(out, 0, frames.out_size);
    } else if (!good) {
      return explain(*core_, {vec, vec_size}, frames.is_batch ? std::optional(i) : std::nullopt,
                     [&] { return values_of(vec); });
    }
  }
  return Done{};
}

// The program writes values also where it refuses one; `previous` stays as it is.
std::vector<float> Stream::values_of(const float* vec) const {
  const Result<const LoadedCode*> code = core_->continuous_values();
  if (!code) return {};
  std::vector<float> values(core_->description().channel_count);
  std::bit_cast<ContinuousKernelFunction>((*code)->kernel())(
      vec, reinterpret_cast<uint8_t*>(values.data()), state_->previous.data(), state_->next.data());
  return values;
}

void Stream::rebase() {
  const DefaultFloatEnv env;
  const std::vector<Channel>& channels = core_->channels();
  const std::span<const uint32_t> places = message_->state_map().subspan(1);
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (!channels[i].angle_unit || places[i] == kNotRemembered) continue;
    const double turn = *channels[i].angle_unit == AngleUnit::kDegrees ? 360 : 2 * std::numbers::pi;
    float& angle = state_->previous.data()[places[i]];
    // Exact for degrees; NaN, which remembers nothing, stays.
    angle = static_cast<float>(std::remainder(static_cast<double>(angle), turn));
  }
}

Status Stream::push(const float* vec, uint8_t* out) {
  return run({core_->continuous_message(), vec, 1, out, core_->description().msgpack_size});
}

bool Stream::try_push(const float* vec, uint8_t* out) noexcept {
  return convert(*message_, vec, out);
}

bool Stream::try_push_values(const float* vec, float* out) noexcept {
  return values_ != nullptr && convert(*values_, vec, reinterpret_cast<uint8_t*>(out));
}

Status Stream::push_values(const float* vec, float* out) {
  if (const Result<const LoadedCode*> code = core_->continuous_values()) values_ = *code;
  return run({core_->continuous_values(), vec, 1, reinterpret_cast<uint8_t*>(out),
              core_->description().channel_count * sizeof(float)});
}

Status Stream::push_batch(const float* vecs, std::size_t count, uint8_t* out, uint8_t* valid) {
  return run({core_->continuous_message(), vecs, count, out, core_->description().msgpack_size,
              valid, true});
}

Status Stream::push_values_batch(const float* vecs, std::size_t count, float* out, uint8_t* valid) {
  return run({core_->continuous_values(), vecs, count, reinterpret_cast<uint8_t*>(out),
              core_->description().channel_count * sizeof(float), valid, true});
}

}  // namespace rigjit
