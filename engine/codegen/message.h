// The message: constant bytes and big-endian values, written in ascending stores of whole vectors.
//
// A chunk of the message is a vector of constant bytes into which a byte permute places values,
// swapping their bytes on the way. Where the target merges under a mask, the places of values in
// the constant hold the permute's indices, so that one constant serves as both; and the values come
// from registers: at most two groups of them are in reach of a chunk. Other targets go through the
// scratch.
#pragma once

#include <map>
#include <span>

#include "codegen/emitter.h"
#include "codegen/message_chunks.h"
#include "codegen/values.h"

namespace rigjit {

class MessageEmitter {
 public:
  MessageEmitter(Emitter& emitter, ValuesEmitter& values, const Plan& plan,
                 const MessageLayout& layout);

  // The chunks of a segment, as wide as the target stores.
  [[nodiscard]] std::vector<MessageChunk> chunks(const Segment& segment) const;

  // Computes the values of successive chunks and writes the chunks, in the function under
  // construction. Returns an i32: nonzero if any value is not finite.
  llvm::Value* emit(std::span<const MessageChunk> chunks);

 private:
  // Where values reach a chunk by registers.
  struct Window {
    llvm::Value* low = nullptr;   // channels [first, first + lanes)
    llvm::Value* high = nullptr;  // the lanes behind them; null if none is needed
    uint32_t first = 0;
  };
  // The constant of a chunk: bytes of the message, and at the places of values what `index` gives
  // for byte k (0: the most significant) of a channel's number.
  template <class Index>
  std::vector<uint8_t> constant(const MessageChunk& chunk, std::vector<bool>& is_value,
                                Index index) const;
  // Calls f(channel, byte of its number, place in the chunk) for all bytes of values in the chunk.
  template <class F>
  void for_each_value_byte(const MessageChunk& chunk, F f) const;

  Window window(const MessageChunk& chunk);
  llvm::Value* group(uint32_t index);
  llvm::Value* build(const MessageChunk& chunk);
  llvm::Value* build_by_whole_permute(const MessageChunk& chunk);
  llvm::Value* build_by_quarter_permute(const MessageChunk& chunk);
  llvm::Value* build_from_scratch(const MessageChunk& chunk);
  llvm::Value* merge(const std::vector<bool>& is_value, llvm::Value* yes, llvm::Value* no);
  void write(llvm::Value* vector, const MessageChunk& chunk);
  void write_values_alone(const MessageChunk& chunk);
  void set_range(const MessageChunk& chunk);

  Emitter& e_;
  ValuesEmitter& values_;
  const Plan& plan_;
  const MessageLayout& layout_;
  std::vector<bool> is_constant_;  // one a channel
  // Of the chunks under construction.
  uint32_t first_channel_ = 0, end_channel_ = 0;
  std::map<uint32_t, llvm::Value*> groups_;
};

}  // namespace rigjit
