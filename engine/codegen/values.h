// Values as registers of numbers: affine ones computed where their inputs lie in the vector,
// results of lane groups as they lie in the scratch; and gathered into the order of the channels
// for those who want them flat.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "codegen/lanes/emitter.h"
#include "codegen/lanes/types_and_limits.h"
#include "codegen/schedule.h"

namespace rigjit {

// A vector of target.lanes numbers that values are taken from.
struct Window {
  ChannelSource::Base base;
  uint32_t begin;  // float of the vector or of the scratch
  auto operator<=>(const Window&) const = default;
};

struct ValuePlace {
  Window window;
  uint32_t element;
};

class ValuesEmitter {
 public:
  // A lane that no channel is wanted in.
  static constexpr uint32_t kNoChannel = UINT32_MAX;

  ValuesEmitter(Emitter& emitter, const Plan& plan, const Schedule& schedule, ValueForm form);

  [[nodiscard]] ValueForm form() const { return form_; }

  // Around what one function computes of channels [first, end) of a segment. end() returns an i32:
  // nonzero if any value that was used is not finite, or beyond limits that refuse it.
  void begin(uint32_t first, uint32_t end);
  llvm::Value* end();

  // Where a channel's value is found; nowhere if it is a constant.
  [[nodiscard]] std::optional<ValuePlace> place_of(uint32_t channel) const;
  // The values of a window, computed or loaded once a function.
  llvm::Value* window(const Window& window);
  // One channel a lane, at most target.lanes. Other lanes, and those of constants, are unspecified.
  llvm::Value* gather(std::span<const uint32_t> channels);

  // The values of channels [first, end), constants too, to base + offset_bytes. `exactly`: touch
  // nothing behind the last one; else up to a vector behind it may be overwritten.
  void store_flat(uint32_t first, uint32_t end, llvm::Value* base, uint64_t offset_bytes,
                  bool exactly);

 private:
  llvm::Value* affine(uint32_t begin);
  llvm::Value* inputs(uint32_t begin);
  llvm::Value* from_scratch(uint32_t begin);
  llvm::Value* with_constants(llvm::Value* values, std::span<const uint32_t> channels);
  // Those of the function whose results lie in a vector of the scratch.
  [[nodiscard]] Concern channels_from_scratch(uint32_t begin) const;
  [[nodiscard]] std::string list_of_channels(uint32_t first, uint32_t end) const;
  // The scales or centers of a window, for a dump.
  [[nodiscard]] std::string coefficients(uint32_t begin, const char* what,
                                         float Affine::* coefficient) const;

  Emitter& e_;
  const Plan& plan_;
  const Schedule& schedule_;
  const ValueForm form_;
  std::vector<TypedLane> lane_of_channel_;
  std::vector<bool> may_be_infinite_;                 // one an input
  std::vector<const Affine*> affine_of_input_;        // one an input; null for other operations
  std::vector<const Constant*> constant_of_channel_;  // one a channel; null for other operations
  // Of the function under construction.
  uint32_t first_channel_ = 0, end_channel_ = 0;
  std::map<Window, llvm::Value*> windows_;
  std::map<uint32_t, uint32_t>
      limited_in_scratch_;      // channels with limits, by float of the scratch
  llvm::Value* bad_ = nullptr;  // NaN in a lane where a value was bad
};

}  // namespace rigjit
