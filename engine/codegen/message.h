// The message: constant bytes and big-endian values, written in ascending stores of whole vectors.
//
// A controller is a store or two for its name and then its body (map header, keys, values) in
// chunks: a template of constant bytes into which a byte permute places values straight from the
// scratch, swapping their bytes on the way. Controllers of one shape have the same templates and
// permutes, so these stay in registers. Each store may reach beyond its bytes: the next one
// overwrites that.
#pragma once

#include <map>

#include "codegen/emitter.h"
#include "codegen/message_chunks.h"
#include "codegen/schedule.h"

namespace rigjit {

class MessageEmitter {
 public:
  MessageEmitter(Emitter& emitter, const Plan& plan, const MessageLayout& layout);

  // Writes the bytes of channels [first, end) of a segment, whose values begin the scratch.
  void emit(const Segment& segment, uint32_t first, uint32_t end);

 private:
  // What makes a chunk whatever its values are: equal for controllers of one shape.
  struct Constants {
    uint32_t template_offset;       // into the table
    uint32_t permute_offset;        // into the table
    std::vector<uint8_t> is_value;  // one a byte
    uint32_t width;
    auto operator<=>(const Constants&) const = default;
  };
  struct Registers {
    llvm::Value* template_bytes;
    llvm::Value* permute;
  };
  struct Placed {
    MessageChunk chunk;
    Constants constants;
    std::vector<uint32_t> bases;  // channel that each source vector of the permute begins with
  };

  Placed place(const MessageChunk& chunk);
  std::vector<uint8_t> template_of(const MessageChunk& chunk) const;
  void load_shared(const std::vector<Placed>& chunks);
  Registers registers(const Constants& constants);
  llvm::Value* load_values(uint32_t channel, uint32_t bytes);
  llvm::Value* build(const Placed& placed);
  void write(llvm::Value* vector, const MessageChunk& chunk);
  void write_values_alone(const MessageChunk& chunk);

  Emitter& e_;
  const Plan& plan_;
  const MessageLayout& layout_;
  std::vector<bool> is_constant_;  // one a channel
  uint32_t first_channel_ = 0;     // of the segment under construction
  std::map<Constants, Registers> shared_;
  // The values of one controller serve all its chunks.
  struct {
    uint32_t channel = UINT32_MAX;
    uint32_t bytes = 0;
    llvm::Value* value = nullptr;
  } loaded_;
};

}  // namespace rigjit
