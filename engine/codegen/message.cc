// How a chunk gets its values, by what the target can do:
// - a byte permute of 64 bytes (AVX-512 VBMI): one permute of one or two windows, under a mask;
// - a byte permute within quarters of 16 (AVX-512 BW): numbers are gathered so that each quarter
// holds
//   those that it needs, then permuted under a mask;
// - a byte permute of 16 without masks (AVX2's pshufb, NEON's tbl): values go flat to the scratch,
// each 16
//   bytes of the chunk load the four numbers that they may need, permute them with zeros elsewhere,
//   and are combined with the constant bytes by `or`;
// - none (SSE2): the constant bytes are stored, then every value over them.
// Stores are the limit: a core writes one vector every two cycles, and a store that crosses a cache
// line costs two (bench/README.md). So constant bytes and values meet in registers, and chunks lie
// on lines.
#include "codegen/message.h"

#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "codegen/channel_names.h"

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
  if (e_.notes != nullptr && !layout.bytes.empty()) pieces_ = message_pieces(plan, layout);
}

std::vector<MessageChunk> MessageEmitter::chunks(const Segment& segment) const {
  return message_chunks(plan_, layout_, segment, chunk_bytes());
}

uint32_t MessageEmitter::chunk_bytes() const { return store_width(e_.target); }

llvm::Value* MessageEmitter::emit(std::span<const MessageChunk> chunks) {
  first_channel_ = chunks.front().first_value;
  const BytePermute permute = byte_permute(e_.target);
  values_.begin(first_channel_, chunks.back().end_value);
  if (permute == BytePermute::kWithin16 || permute == BytePermute::kNone) {
    values_.store_flat(first_channel_, chunks.back().end_value, e_.scratch, 0, false);
  }
  for (const MessageChunk& chunk : chunks) {
    e_.concerns([&] { return channels_in(chunk); });
    write(build(chunk), chunk);
    if (permute == BytePermute::kNone) write_values_alone(chunk);
  }
  e_.concerns();
  return values_.end();
}

Concern MessageEmitter::channels_in(const MessageChunk& chunk) const {
  Concern concern;
  auto piece = std::ranges::upper_bound(pieces_, chunk.offset, {}, &MessagePiece::offset);
  if (piece != pieces_.begin()) --piece;
  for (; piece != pieces_.end() && piece->offset < chunk.offset + chunk.size; ++piece) {
    if (piece->controller == MessagePiece::kNone) continue;
    const PlanController& controller = plan_.controllers()[piece->controller];
    const bool is_name = piece->channel == MessagePiece::kNone;
    const uint32_t first = is_name ? controller.first_channel : piece->channel;
    const uint32_t last = is_name ? first + controller.channel_count - 1 : first;
    if (!concern.empty() && first <= concern.back().last + 1) {
      concern.back().last = std::max(concern.back().last, last);
    } else {
      concern.push_back({first, last});
    }
  }
  return concern;
}

template <class F>
void MessageEmitter::for_each_value_byte(const MessageChunk& chunk, F f) const {
  for (uint32_t channel = chunk.first_value; channel < chunk.end_value; ++channel) {
    if (is_constant_[channel]) continue;
    const uint32_t width = layout_.widths[channel];
    for (uint32_t k = 0; k < width; ++k) {
      const int64_t at = int64_t{layout_.slots[channel]} + k - chunk.offset;
      // Big-endian in the message, little-endian in registers.
      if (at >= 0 && at < chunk.size) f(channel, width - 1 - k, static_cast<uint32_t>(at));
    }
  }
}

template <class Index>
std::vector<uint8_t> MessageEmitter::constant(const MessageChunk& chunk, Index index) const {
  const auto begin = layout_.bytes.begin() + chunk.offset;
  std::vector<uint8_t> bytes(begin, begin + chunk.size);
  bytes.resize(chunk_bytes());
  for_each_value_byte(chunk, [&](uint32_t channel, uint32_t byte, uint32_t at) {
    bytes[at] = static_cast<uint8_t>(index(channel, byte, at));
  });
  return bytes;
}

// Masks come from the table: moving 64 bits there from a general register takes twice as long.
llvm::Value* MessageEmitter::merge(const std::vector<bool>& mask, llvm::Value* yes,
                                   llvm::Value* no) {
  std::vector<uint8_t> bits(mask.size() / 8, 0);
  for (size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) bits[i / 8] |= static_cast<uint8_t>(1u << (i % 8));
  }
  auto* type = llvm::FixedVectorType::get(e_.b.getInt1Ty(), static_cast<uint32_t>(mask.size()));
  return e_.b.CreateSelect(e_.constant_vector(type, bits, "is_value"), yes, no);
}

llvm::Value* MessageEmitter::build(const MessageChunk& chunk) {
  const BytePermute permute = byte_permute(e_.target);
  if (!chunk.has_values() || permute == BytePermute::kNone) {
    const auto bytes = constant(chunk, [](auto...) { return 0; });
    return e_.constant_vector(e_.bytes(chunk_bytes()), bytes, "bytes");
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

// The first two windows are permuted at once, further ones into what is there by then.
llvm::Value* MessageEmitter::build_by_whole_permute(const MessageChunk& chunk) {
  std::vector<Window> windows;
  std::vector<std::vector<bool>> masks;  // one a permute
  const auto bytes = constant(chunk, [&](uint32_t channel, uint32_t byte, uint32_t at) {
    const auto [window, element] = *values_.place_of(channel);
    auto known = std::ranges::find(windows, window);
    if (known == windows.end()) known = windows.insert(known, window);
    const size_t index = static_cast<size_t>(known - windows.begin());
    const size_t permute = std::max<size_t>(index, 1) - 1;
    if (permute == masks.size()) masks.emplace_back(chunk_bytes(), false);
    masks[permute][at] = true;
    return 4 * element + byte + (index == 1 ? 64 : 0);
  });
  auto* type = e_.bytes(64);
  const auto window = [&](size_t index) {
    return e_.b.CreateBitCast(values_.window(windows[index]), type);
  };
  llvm::Value* both = e_.constant_vector(type, bytes, "bytes_and_places");
  llvm::Value* result = both;
  for (size_t permute = 0; permute < masks.size(); ++permute) {
    llvm::Value* placed =
        permute == 0 && windows.size() > 1
            ? e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_vpermi2var_qi_512, {},
                                   {window(0), both, window(1)})
            : e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_permvar_qi_512, {},
                                   {window(permute == 0 ? 0 : permute + 1), both});
    result = merge(masks[permute], placed, result);
  }
  return result;
}

// Numbers are gathered so that each quarter holds those that it needs, in ascending order; more
// than four, which only one-byte values can be, in further rounds.
llvm::Value* MessageEmitter::build_by_quarter_permute(const MessageChunk& chunk) {
  struct Round {
    std::vector<uint32_t> channels = std::vector<uint32_t>(16, ValuesEmitter::kNoChannel);
    std::vector<bool> is_value = std::vector<bool>(64, false);
  };
  std::vector<Round> rounds(1);
  std::array<uint32_t, 4> first_of_quarter;
  first_of_quarter.fill(UINT32_MAX);
  const auto bytes = constant(chunk, [&](uint32_t channel, uint32_t byte, uint32_t at) {
    uint32_t& first = first_of_quarter[at / 16];
    first = std::min(first, channel);
    const uint32_t place = channel - first;
    if (place / 4 >= rounds.size()) rounds.resize(place / 4 + 1);
    Round& round = rounds[place / 4];
    round.channels[at / 16 * 4 + place % 4] = channel;
    round.is_value[at] = true;
    return 4 * (place % 4) + byte;
  });
  auto* type = e_.bytes(64);
  std::vector<llvm::Value*> numbers;
  for (const Round& round : rounds) {
    numbers.push_back(e_.b.CreateBitCast(values_.gather(round.channels), type));
  }
  llvm::Value* both = e_.constant_vector(type, bytes, "bytes_and_places");
  llvm::Value* result = both;
  for (size_t i = 0; i < rounds.size(); ++i) {
    llvm::Value* placed =
        e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx512_pshuf_b_512, {}, {numbers[i], both});
    result = merge(rounds[i].is_value, placed, result);
  }
  return result;
}

// Each 16 bytes take their numbers from 16 bytes of the scratch; from 32 where one-byte values
// are more than four.
llvm::Value* MessageEmitter::build_from_scratch(const MessageChunk& chunk) {
  std::vector<uint32_t> first(chunk_bytes() / 16, UINT32_MAX);
  uint32_t rounds = 1;
  for_each_value_byte(chunk, [&](uint32_t channel, uint32_t, uint32_t at) {
    uint32_t& base = first[at / 16];
    base = std::min(base, channel);
    rounds = std::max(rounds, (channel - base) / 4 + 1);
  });
  llvm::Value* placed = values_from_scratch(chunk, first, 0);
  for (uint32_t round = 1; round < rounds; ++round) {
    placed = e_.b.CreateOr(placed, values_from_scratch(chunk, first, round));
  }
  const auto bytes = constant(chunk, [](auto...) { return 0; });
  return e_.b.CreateOr(placed, e_.constant_vector(e_.bytes(chunk_bytes()), bytes, "bytes"));
}

llvm::Value* MessageEmitter::values_from_scratch(const MessageChunk& chunk,
                                                 const std::vector<uint32_t>& first,
                                                 uint32_t round) {
  // Bytes that take no value: any index with the top bit set gives zero.
  std::vector<uint8_t> permute(chunk_bytes(), 0x80);
  std::vector<bool> is_used(first.size(), false);
  for_each_value_byte(chunk, [&](uint32_t channel, uint32_t byte, uint32_t at) {
    const uint32_t place = channel - first[at / 16];
    if (place / 4 != round) return;
    permute[at] = static_cast<uint8_t>(4 * (place % 4) + byte);
    is_used[at / 16] = true;
  });
  std::vector<llvm::Value*> sources;
  for (size_t i = 0; i < first.size(); ++i) {
    const uint64_t number = first[i] - first_channel_ + 4 * round;
    sources.push_back(is_used[i] ? e_.load(e_.bytes(16), e_.scratch, 4 * number, 4, "values")
                                 : llvm::Constant::getNullValue(e_.bytes(16)));
  }
  auto* type = e_.bytes(chunk_bytes());
  llvm::Value* source = e_.concat(sources);
  llvm::Value* places = e_.constant_vector(type, permute, "places");
  return e_.target.id == TargetId::kAArch64
             ? e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_neon_tbl1, {type}, {source, places})
             : e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx2_pshuf_b, {}, {source, places});
}

void MessageEmitter::write(llvm::Value* vector, const MessageChunk& chunk) {
  const auto comment = [&](llvm::Value* store, uint32_t first, uint32_t end) {
    e_.comment(store, [&] { return text_of(chunk.offset + first, chunk.offset + end); });
  };
  if (chunk.size < chunk.width) {
    e_.store_exactly(vector, chunk.size, e_.out, chunk.offset, comment);
    return;
  }
  if (chunk.width < chunk_bytes()) {
    std::vector<int> mask(chunk.width);
    std::iota(mask.begin(), mask.end(), 0);
    vector = e_.b.CreateShuffleVector(vector, mask);
  }
  comment(e_.store(vector, e_.out, chunk.offset, 1), 0, chunk.size);
}

std::string MessageEmitter::text_of(uint32_t begin, uint32_t end) const {
  return std::to_string(begin) + ".." + std::to_string(end - 1) + ": " +
         text_of_bytes(pieces_, begin, end);
}

// Without a byte permute: each value over the constant bytes that are there already. A value that
// two chunks share is written by the one that holds its last byte.
void MessageEmitter::write_values_alone(const MessageChunk& chunk) {
  for (uint32_t channel = chunk.first_value; channel < chunk.end_value; ++channel) {
    if (is_constant_[channel] || layout_.slot_end(channel) > chunk.offset + chunk.size) continue;
    const Emitter::ConcernScope concern(e_, {channel, channel});
    llvm::Value* word =
        e_.load(e_.b.getInt32Ty(), e_.scratch, 4 * uint64_t{channel - first_channel_}, 4);
    if (e_.notes != nullptr) e_.named(word, name_of_channel(plan_, channel));
    word = layout_.widths[channel] == 1 ? e_.b.CreateTrunc(word, e_.b.getInt8Ty())
                                        : e_.b.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, word);
    llvm::Value* store = e_.store(word, e_.out, layout_.slots[channel], 1);
    e_.comment(store, [&] {
      return std::to_string(layout_.slots[channel]) + ".." +
             std::to_string(layout_.slot_end(channel) - 1) + ": " + name_of_channel(plan_, channel);
    });
  }
}

}  // namespace rigjit
