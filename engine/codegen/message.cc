#include "codegen/message.h"

#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>
#include <numeric>

namespace rigjit {
namespace {

// How a target moves bytes: anywhere in 64 under a mask, within each quarter of 64 under a mask,
// within 16, or not at all.
enum class BytePermute { kWhole, kQuarters, kWithin16, kNone };

BytePermute byte_permute(const Target& target) {
  switch (target.id) {
    case TargetId::kX86_64_v4_vbmi:
      return BytePermute::kWhole;
    case TargetId::kX86_64_v4:
      return BytePermute::kQuarters;
    case TargetId::kX86_64:
      return BytePermute::kNone;
    default:
      return BytePermute::kWithin16;
  }
}

// The widest vector that is stored at once.
uint32_t store_width(const Target& target) {
  switch (target.id) {
    case TargetId::kX86_64_v4_vbmi:
    case TargetId::kX86_64_v4:
      return 64;
    case TargetId::kX86_64_v3:
      return 32;
    default:
      return 16;
  }
}

}  // namespace

MessageEmitter::MessageEmitter(Emitter& emitter, ValuesEmitter& values, const Plan& plan,
                               const MessageLayout& layout)
    : e_(emitter),
      values_(values),
      plan_(plan),
      layout_(layout),
      is_constant_(plan.channel_count(), false) {
  for (const Operation& operation : plan.operations()) {
    if (const auto* constant = std::get_if<Constant>(&operation))
      is_constant_[constant->channel] = true;
  }
}

std::vector<MessageChunk> MessageEmitter::chunks(const Segment& segment) const {
  return message_chunks(plan_, layout_, segment, store_width(e_.target));
}

llvm::Value* MessageEmitter::emit(std::span<const MessageChunk> chunks) {
  groups_.clear();
  first_channel_ = chunks.front().first_value;
  end_channel_ = chunks.back().end_value;
  const BytePermute permute = byte_permute(e_.target);
  values_.begin();
  if (permute == BytePermute::kWithin16 || permute == BytePermute::kNone) {
    values_.emit(first_channel_, end_channel_, e_.scratch, 0, false);
  }
  for (const MessageChunk& chunk : chunks) {
    set_range(chunk);
    write(build(chunk), chunk);
    if (permute == BytePermute::kNone) write_values_alone(chunk);
  }
  e_.set_range({});
  return values_.end();
}

void MessageEmitter::set_range(const MessageChunk& chunk) {
  const auto holder = [&](uint32_t offset) {
    const auto after = std::ranges::upper_bound(layout_.controllers, offset, {},
                                                &ControllerSpan::name_begin);
    return static_cast<uint32_t>(std::max<std::ptrdiff_t>(after - layout_.controllers.begin(), 1) -
                                 1);
  };
  e_.set_range({holder(chunk.offset), holder(chunk.offset + chunk.size - 1)});
}

template <class F>
void MessageEmitter::for_each_value_byte(const MessageChunk& chunk, F f) const {
  for (uint32_t channel = chunk.first_value; channel < chunk.end_value; ++channel) {
    if (is_constant_[channel]) continue;
    for (uint32_t k = 0; k < 4; ++k) {
      const int64_t place = int64_t{layout_.slots[channel]} + k - chunk.offset;
      if (place >= 0 && place < chunk.size) f(channel, k, static_cast<uint32_t>(place));
    }
  }
}

template <class Index>
std::vector<uint8_t> MessageEmitter::constant(const MessageChunk& chunk,
                                              std::vector<bool>& is_value, Index index) const {
  const auto begin = layout_.bytes.begin() + chunk.offset;
  std::vector<uint8_t> bytes(begin, begin + chunk.size);
  bytes.resize(store_width(e_.target));
  is_value.assign(bytes.size(), false);
  for_each_value_byte(chunk, [&](uint32_t channel, uint32_t k, uint32_t place) {
    // Big-endian in the message, little-endian in registers.
    bytes[place] = static_cast<uint8_t>(index(channel, 3 - k, place));
    is_value[place] = true;
  });
  return bytes;
}

llvm::Value* MessageEmitter::group(uint32_t index) {
  llvm::Value*& value = groups_[index];
  if (value == nullptr) {
    const ControllerRange range = e_.range();
    const uint32_t first = first_channel_ + index * e_.lanes;
    value = values_.group(first, std::min(e_.lanes, end_channel_ - first));
    e_.set_range(range);
  }
  return value;
}

MessageEmitter::Window MessageEmitter::window(const MessageChunk& chunk) {
  const uint32_t low = (chunk.first_value - first_channel_) / e_.lanes;
  const uint32_t high = (chunk.end_value - 1 - first_channel_) / e_.lanes;
  Window window{group(low), nullptr, first_channel_ + low * e_.lanes};
  if (high != low) window.high = group(high);
  return window;
}

llvm::Value* MessageEmitter::merge(const std::vector<bool>& is_value, llvm::Value* yes,
                                   llvm::Value* no) {
  std::vector<llvm::Constant*> mask;
  for (bool bit : is_value) mask.push_back(e_.b.getInt1(bit));
  return e_.b.CreateSelect(llvm::ConstantVector::get(mask), yes, no);
}

llvm::Value* MessageEmitter::build(const MessageChunk& chunk) {
  const BytePermute permute = byte_permute(e_.target);
  if (!chunk.has_values() || permute == BytePermute::kNone) {
    std::vector<bool> none;
    const auto bytes = constant(chunk, none, [](auto...) { return 0; });
    return e_.constant_vector(e_.bytes(static_cast<uint32_t>(bytes.size())), bytes, "bytes");
  }
  switch (permute) {
    case BytePermute::kWhole:
      return build_by_whole_permute(chunk);
    case BytePermute::kQuarters:
      return build_by_quarter_permute(chunk);
    default:
      return build_from_scratch(chunk);
  }
}

llvm::Value* MessageEmitter::build_by_whole_permute(const MessageChunk& chunk) {
  const Window window = this->window(chunk);
  llvm::Value* values = window.low;
  uint32_t first = window.first;
  if (window.high != nullptr) {
    first = chunk.first_value;
    std::vector<int> mask(e_.lanes);
    std::iota(mask.begin(), mask.end(), static_cast<int>(first - window.first));
    values = e_.b.CreateShuffleVector(window.low, window.high, mask);
  }
  std::vector<bool> is_value;
  const auto bytes = constant(chunk, is_value, [&](uint32_t channel, uint32_t byte, uint32_t) {
    return 4 * (channel - first) + byte;
  });
  auto* type = e_.bytes(64);
  llvm::Value* both = e_.constant_vector(type, bytes, "bytes_and_places");
  llvm::Value* placed =
      e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_permvar_qi_512, {},
                           {e_.b.CreateBitCast(values, type), both});
  return merge(is_value, placed, both);
}

// A permute of numbers brings to each quarter those that it holds, in ascending order.
llvm::Value* MessageEmitter::build_by_quarter_permute(const MessageChunk& chunk) {
  const Window window = this->window(chunk);
  std::vector<uint32_t> lanes(16, 0);
  std::array<uint32_t, 4> first_of_quarter;
  first_of_quarter.fill(UINT32_MAX);
  for_each_value_byte(chunk, [&](uint32_t channel, uint32_t, uint32_t place) {
    uint32_t& first = first_of_quarter[place / 16];
    first = std::min(first, channel);
    lanes[place / 16 * 4 + (channel - first)] = channel - window.first;
  });
  llvm::Value* numbers = e_.permute(window.low, window.high, lanes);
  std::vector<bool> is_value;
  const auto bytes =
      constant(chunk, is_value, [&](uint32_t channel, uint32_t byte, uint32_t place) {
        return 4 * (channel - first_of_quarter[place / 16]) + byte;
      });
  auto* type = e_.bytes(64);
  llvm::Value* both = e_.constant_vector(type, bytes, "bytes_and_places");
  llvm::Value* placed = e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_pshuf_b_512, {},
                                             {e_.b.CreateBitCast(numbers, type), both});
  return merge(is_value, placed, both);
}

// Each 16 bytes take their numbers from 16 bytes of the scratch.
llvm::Value* MessageEmitter::build_from_scratch(const MessageChunk& chunk) {
  const uint32_t width = store_width(e_.target);
  std::vector<uint32_t> first(width / 16, UINT32_MAX);
  // Bytes that take no value: any index with the top bit set gives zero.
  std::vector<uint8_t> permute(width, 0x80);
  std::vector<uint8_t> bytes(layout_.bytes.begin() + chunk.offset,
                             layout_.bytes.begin() + chunk.offset + chunk.size);
  bytes.resize(width);
  for_each_value_byte(chunk, [&](uint32_t channel, uint32_t k, uint32_t place) {
    uint32_t& base = first[place / 16];
    base = std::min(base, channel);
    permute[place] = static_cast<uint8_t>(4 * (channel - base) + (3 - k));
  });
  std::vector<llvm::Value*> sources;
  for (uint32_t base : first) {
    sources.push_back(base == UINT32_MAX
                          ? llvm::Constant::getNullValue(e_.bytes(16))
                          : e_.load(e_.bytes(16), e_.scratch,
                                    4 * uint64_t{base - first_channel_}, 4, "values"));
  }
  auto* type = e_.bytes(width);
  llvm::Value* source = e_.concat(sources);
  llvm::Value* places = e_.constant_vector(type, permute, "places");
  llvm::Value* placed =
      e_.target.id == TargetId::kAArch64
          ? e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_neon_tbl1, {type}, {source, places})
          : e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx2_pshuf_b, {}, {source, places});
  return e_.b.CreateOr(placed, e_.constant_vector(type, bytes, "bytes"));
}

void MessageEmitter::write(llvm::Value* vector, const MessageChunk& chunk) {
  if (chunk.size < chunk.width) {
    e_.store_exactly(vector, chunk.size, e_.out, chunk.offset);
    return;
  }
  if (chunk.width < store_width(e_.target)) {
    std::vector<int> mask(chunk.width);
    std::iota(mask.begin(), mask.end(), 0);
    vector = e_.b.CreateShuffleVector(vector, mask);
  }
  e_.store(vector, e_.out, chunk.offset, 1);
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

}  // namespace rigjit
