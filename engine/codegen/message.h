// The message: constant bytes and big-endian values, written in ascending stores of whole vectors.
//
// A chunk of the message is a vector of constant bytes into which a byte permute places values,
// swapping their bytes on the way. Where the target merges under a mask, the places of values in
// the constant hold the permute's indices, so that one constant serves as both; and the values come
// from registers. Other targets go through the scratch.
#pragma once

#include <span>

#include "codegen/lanes/emitter.h"
#include "codegen/message_chunks.h"
#include "codegen/values.h"
#include "plan/message_pieces.h"

namespace rigjit {

class MessageEmitter {
 public:
  MessageEmitter(Emitter& emitter, ValuesEmitter& values, const Plan& plan,
                 const MessageLayout& layout);

  // The chunks of a segment, as wide as the target stores.
  [[nodiscard]] std::vector<MessageChunk> chunks(const Segment& segment) const;

  // Computes the values of successive chunks and writes the chunks, in the function under
  // construction. Returns an i32: nonzero if any value is bad.
  llvm::Value* emit(std::span<const MessageChunk> chunks);

 private:
  // Bytes of the constants of a chunk, and of a whole one in the message.
  [[nodiscard]] uint32_t chunk_bytes() const;
  // Calls f(channel, byte of its number from the least significant, place in the chunk) for all
  // bytes of values in the chunk.
  template <class F>
  void for_each_value_byte(const MessageChunk& chunk, F f) const;
  // The bytes of the message, and in the places of values what `index` gives, called as f above.
  template <class Index>
  std::vector<uint8_t> constant(const MessageChunk& chunk, Index index) const;

  llvm::Value* build(const MessageChunk& chunk);
  llvm::Value* build_by_whole_permute(const MessageChunk& chunk);
  llvm::Value* build_by_quarter_permute(const MessageChunk& chunk);
  llvm::Value* build_from_scratch(const MessageChunk& chunk);
  // Places in the chunk of values from the scratch, `round` vectors of 16 bytes behind the first
  // that each 16 bytes of the chunk need.
  llvm::Value* values_from_scratch(const MessageChunk& chunk, const std::vector<uint32_t>& first,
                                   uint32_t round);
  llvm::Value* merge(const std::vector<bool>& mask, llvm::Value* yes, llvm::Value* no);
  void write(llvm::Value* vector, const MessageChunk& chunk);
  // What bytes [begin, end) of the message say, for dumps.
  [[nodiscard]] std::string text_of(uint32_t begin, uint32_t end) const;
  void write_values_alone(const MessageChunk& chunk);
  // The channels that have bytes in the chunk; their controllers' names are theirs too.
  [[nodiscard]] Concern channels_in(const MessageChunk& chunk) const;

  Emitter& e_;
  ValuesEmitter& values_;
  const Plan& plan_;
  const MessageLayout& layout_;
  std::vector<MessagePiece> pieces_;  // of dumps
  std::vector<bool> is_constant_;     // one a channel
  uint32_t first_channel_ = 0;        // of the chunks under construction
};

}  // namespace rigjit
