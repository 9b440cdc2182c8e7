#include "codegen/message.h"

#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>

namespace rigjit {
namespace {

// How a target moves bytes: anywhere in a vector, within 16 bytes, or not at all.
enum class BytePermute { kWhole, kWithin16, kNone };

BytePermute byte_permute(const Target& target) {
  switch (target.id) {
    case TargetId::kX86_64_v4_vbmi:
      return BytePermute::kWhole;
    case TargetId::kX86_64:
      return BytePermute::kNone;
    default:
      return BytePermute::kWithin16;
  }
}

ChunkWidths widths_of(const Target& target) {
  switch (target.id) {
    case TargetId::kX86_64_v4_vbmi:
      return {64, 64};
    case TargetId::kX86_64_v4:
      return {64, 32};
    case TargetId::kX86_64_v3:
      return {32, 32};
    default:
      return {16, 16};
  }
}

// Templates and permutes that stay in registers: with two vectors each, room is left for values.
constexpr size_t kSharedShapes = 12;

llvm::Intrinsic::ID permute_intrinsic(const Target& target, uint32_t width) {
  if (target.id == TargetId::kX86_64_v4_vbmi) {
    return width == 64   ? llvm::Intrinsic::x86_avx512_permvar_qi_512
           : width == 32 ? llvm::Intrinsic::x86_avx512_permvar_qi_256
                         : llvm::Intrinsic::x86_avx512_permvar_qi_128;
  }
  return width == 32 ? llvm::Intrinsic::x86_avx2_pshuf_b : llvm::Intrinsic::x86_ssse3_pshuf_b_128;
}

}  // namespace

MessageEmitter::MessageEmitter(Emitter& emitter, const Plan& plan, const MessageLayout& layout)
    : e_(emitter), plan_(plan), layout_(layout), is_constant_(plan.channel_count(), false) {
  for (const Operation& operation : plan.operations()) {
    if (const auto* constant = std::get_if<Constant>(&operation))
      is_constant_[constant->channel] = true;
  }
}

std::vector<uint8_t> MessageEmitter::template_of(const MessageChunk& chunk) const {
  const auto begin = layout_.bytes.begin() + chunk.offset;
  std::vector<uint8_t> bytes(begin, begin + chunk.size);
  bytes.resize(chunk.width);
  return bytes;
}

MessageEmitter::Placed MessageEmitter::place(const MessageChunk& chunk) {
  Placed placed{chunk, {0, 0, std::vector<uint8_t>(chunk.width, 0), chunk.width}, {}};
  placed.constants.template_offset = e_.table.intern(template_of(chunk));
  const bool within16 = byte_permute(e_.target) == BytePermute::kWithin16;
  const uint32_t source_bytes = within16 ? 16 : chunk.width;
  // Bytes that take no value: any with the top bit set gives zero where it matters (within 16).
  std::vector<uint8_t> permute(chunk.width, within16 ? 0x80 : 0);
  for (uint32_t piece = 0; piece < chunk.width; piece += source_bytes) {
    const auto touches = [&](uint32_t channel) {
      return layout_.slots[channel] + 4 > chunk.offset + piece &&
             layout_.slots[channel] < chunk.offset + piece + source_bytes;
    };
    uint32_t first = chunk.first_value;
    while (first < chunk.end_value && !touches(first)) ++first;
    uint32_t end = first;
    while (end < chunk.end_value && touches(end)) ++end;
    const bool from_body = end - chunk.body_value <= source_bytes / 4;
    const uint32_t base = from_body ? chunk.body_value : first;
    placed.bases.push_back(first == end ? UINT32_MAX : base);
    for (uint32_t channel = first; channel < end; ++channel) {
      if (is_constant_[channel]) continue;
      for (uint32_t k = 0; k < 4; ++k) {
        const int64_t at = int64_t{layout_.slots[channel]} + k - chunk.offset;
        if (at < piece || at >= piece + source_bytes || at >= chunk.size) continue;
        // Big-endian in the message, little-endian in the scratch.
        permute[at] = static_cast<uint8_t>(4 * (channel - base) + (3 - k));
        placed.constants.is_value[at] = 1;
      }
    }
  }
  placed.constants.permute_offset = e_.table.intern(permute);
  return placed;
}

void MessageEmitter::load_shared(const std::vector<Placed>& chunks) {
  std::map<Constants, uint32_t> uses;
  for (const Placed& placed : chunks) ++uses[placed.constants];
  std::vector<std::pair<uint32_t, const Constants*>> by_uses;
  for (const auto& [constants, count] : uses) {
    if (count > 1) by_uses.push_back({count, &constants});
  }
  std::ranges::stable_sort(by_uses, std::greater{}, [](const auto& entry) { return entry.first; });
  if (by_uses.size() > kSharedShapes) by_uses.resize(kSharedShapes);
  for (const auto& [count, constants] : by_uses) {
    const Registers loaded = registers(*constants);
    shared_.emplace(*constants, loaded);
  }
}

MessageEmitter::Registers MessageEmitter::registers(const Constants& constants) {
  const auto known = shared_.find(constants);
  if (known != shared_.end()) return known->second;
  auto* type = e_.bytes(constants.width);
  return {e_.load(type, e_.table_pointer, constants.template_offset, constants.width, "template"),
          e_.load(type, e_.table_pointer, constants.permute_offset, constants.width, "permute")};
}

llvm::Value* MessageEmitter::load_values(uint32_t channel, uint32_t bytes) {
  if (loaded_.channel != channel || loaded_.bytes != bytes) {
    const uint64_t offset = 4 * uint64_t{channel - first_channel_};
    loaded_ = {channel, bytes, e_.load(e_.bytes(bytes), e_.scratch, offset, 4, "values")};
  }
  return loaded_.value;
}

llvm::Value* MessageEmitter::build(const Placed& placed) {
  const Registers r = registers(placed.constants);
  const uint32_t width = placed.constants.width;
  if (byte_permute(e_.target) == BytePermute::kWhole) {
    llvm::Value* bytes = e_.b.CreateIntrinsic(permute_intrinsic(e_.target, width), {},
                                              {load_values(placed.bases[0], width), r.permute});
    std::vector<llvm::Constant*> mask;
    for (uint8_t bit : placed.constants.is_value) mask.push_back(e_.b.getInt1(bit != 0));
    return e_.b.CreateSelect(llvm::ConstantVector::get(mask), bytes, r.template_bytes);
  }
  std::vector<llvm::Value*> sources;
  for (uint32_t base : placed.bases) {
    sources.push_back(base == UINT32_MAX ? llvm::Constant::getNullValue(e_.bytes(16))
                                         : load_values(base, 16));
  }
  llvm::Value* source = e_.concat(sources);
  llvm::Value* bytes =
      e_.target.id == TargetId::kAArch64
          ? e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_neon_tbl1, {e_.bytes(16)},
                                 {source, r.permute})
          : e_.b.CreateIntrinsic(permute_intrinsic(e_.target, width), {}, {source, r.permute});
  return e_.b.CreateOr(bytes, r.template_bytes);
}

void MessageEmitter::write(llvm::Value* vector, const MessageChunk& chunk) {
  if (chunk.offset + chunk.width <= layout_.bytes.size()) {
    e_.store(vector, e_.out, chunk.offset, 1);
  } else {
    e_.store_exactly(vector, chunk.size, e_.out, chunk.offset);
  }
}

// Without a byte permute: each value over the constant bytes that are there already. A value that
// two chunks share is written by the one that holds its last byte.
void MessageEmitter::write_values_alone(const MessageChunk& chunk) {
  for (uint32_t channel = chunk.first_value; channel < chunk.end_value; ++channel) {
    const uint32_t slot = layout_.slots[channel];
    if (is_constant_[channel] || slot + 4 > chunk.offset + chunk.size) continue;
    llvm::Value* word =
        e_.load(e_.b.getInt32Ty(), e_.scratch, 4 * uint64_t{channel - first_channel_}, 4);
    e_.store(e_.b.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, word), e_.out, slot, 1);
  }
}

void MessageEmitter::emit(const Segment& segment, uint32_t first, uint32_t end) {
  first_channel_ = segment.first_channel;
  shared_.clear();
  loaded_ = {};
  const bool by_permute = byte_permute(e_.target) != BytePermute::kNone;
  const auto chunks = message_chunks(plan_, layout_, first, end, widths_of(e_.target));
  std::vector<Placed> placed;
  if (by_permute) {
    for (const MessageChunk& chunk : chunks) {
      if (!chunk.is_constant()) placed.push_back(place(chunk));
    }
    load_shared(placed);
  }
  auto next = placed.begin();
  uint32_t controller = plan_.controller_of(first);
  for (const MessageChunk& chunk : chunks) {
    while (chunk.offset >= layout_.controllers[controller].end) ++controller;
    e_.set_range({controller, controller});
    if (by_permute && !chunk.is_constant()) {
      write(build(*next++), chunk);
      continue;
    }
    const auto bytes = template_of(chunk);
    write(e_.load(e_.bytes(chunk.width), e_.table_pointer, e_.table.intern(bytes), chunk.width,
                  "bytes"),
          chunk);
    write_values_alone(chunk);
  }
  e_.set_range({});
}

}  // namespace rigjit
