#include "rigjit/stream.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "base/buffers.h"
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

// What begins the table of a continuous program says where values are remembered; see
// codegen/program.h. Both programs of a rig remember alike.
Result<Stream> Stream::make(std::shared_ptr<const RigCore> core, const float* start) {
  const Result<const LoadedCode*> code = core->continuous_message();
  if (!code) return code.errors();
  const auto* table = reinterpret_cast<const uint32_t*>((*code)->table());
  const std::span<const uint32_t> places(table + 1, core->description().channel_count);
  const auto state = std::make_shared<State>(table[0]);
  for (std::size_t channel = 0; start != nullptr && channel < places.size(); ++channel) {
    if (places[channel] != kNotRemembered) state->previous.data()[places[channel]] = start[channel];
  }
  return Stream(std::move(core), state);
}

Status Stream::run(const Frames& frames) {
  if (!frames.code) return frames.code.errors();
  const std::size_t vec_size = core_->description().vec_size;
  if (overlap(frames.vecs, frames.count * vec_size * sizeof(float), frames.out,
              frames.count * frames.out_size)) {
    return overlap_error();
  }
  const LoadedCode& code = **frames.code;
  const auto kernel = std::bit_cast<ContinuousKernelFunction>(code.kernel());
  for (std::size_t i = 0; i < frames.count; ++i) {
    const float* vec = frames.vecs + i * vec_size;
    uint8_t* out = frames.out + i * frames.out_size;
    const bool good =
        kernel(vec, out, code.table(), state_->previous.data(), state_->next.data()) == 0;
    if (good) std::swap(state_->previous, state_->next);
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
      vec, reinterpret_cast<uint8_t*>(values.data()), (*code)->table(), state_->previous.data(),
      state_->next.data());
  return values;
}

Status Stream::push(const float* vec, uint8_t* out) {
  return run({core_->continuous_message(), vec, 1, out, core_->description().msgpack_size});
}

Status Stream::push_values(const float* vec, float* out) {
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
