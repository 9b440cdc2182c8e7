#include "json/json_text.h"

#include <charconv>
#include <cstring>

#include "base/default_float_env.h"
#include "base/json_string.h"
#include "describe/name_codec.h"
#include "describe/type_codec.h"
#include "json/json_number_block.h"
#include "json/json_number_fast.h"

namespace rigjit {
namespace {

// Pieces are copied in blocks: they are short, and a call of memcpy costs more than their bytes.
constexpr std::size_t kBlock = 32;
// Numbers and pieces are written, and pieces read, beyond their ends.
constexpr std::size_t kSpare = 64;
static_assert(kSpare >= kBlock && kSpare >= kJsonNumberRoom);

[[gnu::always_inline]] inline char* copy_piece(char* out, const char* piece,
                                               std::size_t size) noexcept {
  std::size_t done = 0;
  do {
    std::memcpy(out + done, piece + done, kBlock);
    done += kBlock;
  } while (done < size);
  return out + size;
}

// A bool, or a whole number that fits int32.
char* write_other(char* out, float value, ChannelType type) noexcept {
  if (type != ChannelType::kBool) {
    return std::to_chars(out, out + kJsonNumberRoom, static_cast<int32_t>(value)).ptr;
  }
  const std::string_view text = value != 0 ? "true" : "false";
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

JsonText::JsonText(const RigDescription& description)
    : types_(decode_channel_types(description.channel_types, description.channel_count)) {
  pieces_.reserve(description.channel_count + 1);
  std::size_t begin = 0;
  const auto end_piece = [&] {
    pieces_.push_back(static_cast<uint32_t>(text_.size() - begin));
    begin = text_.size();
  };
  std::string_view open;  // controller whose object is being written
  visit_channel_names(description.channel_names,
                      [&](std::string_view controller, std::string_view attribute) {
                        if (pieces_.empty() || controller != open) {
                          text_ += pieces_.empty() ? "{" : "},";
                          append_json_string(text_, controller);
                          text_ += ":{";
                          open = controller;
                        } else {
                          text_ += ',';
                        }
                        append_json_string(text_, attribute);
                        text_ += ':';
                        end_piece();
                      });
  text_ += pieces_.empty() ? "{}" : "}}";
  end_piece();
  capacity_ = text_.size() + description.channel_count * kJsonNumberSize + kSpare;
  text_.append(kSpare, '\0');
}

uint8_t* JsonText::values_in(char* out) const noexcept {
  // Each value takes four bytes and its text at least as many with its name, so that the text
  // reaches the values only after they were read.
  const std::size_t values = pieces_.size() - 1;
  char* place = out + capacity_ - values * sizeof(float);
  place -= reinterpret_cast<uintptr_t>(place) % alignof(float);
  return reinterpret_cast<uint8_t*>(place);
}

std::size_t JsonText::write(char* out) const noexcept {
  const DefaultFloatEnv env;
  return types_.empty() ? write_as<false>(out) : write_as<true>(out);
}

template <bool kMixed>
std::size_t JsonText::write_as(char* out) const noexcept {
  constexpr std::size_t kCount = JsonNumberBlock::kCount;
  static const FormatJsonNumbers format = json_block_formatter();
  const uint8_t* values = values_in(out);
  const std::size_t count = pieces_.size() - 1;
  const char* piece = text_.data();
  char* end = out;
  const auto next_value = [&](std::size_t i) {
    end = copy_piece(end, piece, pieces_[i]);
    piece += pieces_[i];
    float value;
    std::memcpy(&value, values + i * sizeof(float), sizeof(float));
    return value;
  };
  const auto is_other = [&](std::size_t i) { return kMixed && types_[i] != ChannelType::kFloat; };
  std::size_t done = 0;
  JsonNumberBlock block;
  for (; format != nullptr && done + kCount <= count; done += kCount) {
    format(values + done * sizeof(float), block);
    for (std::size_t i = 0; i < kCount; ++i) {
      const float value = next_value(done + i);
      end = is_other(done + i) ? write_other(end, value, types_[done + i])
                               : write_json_number(end, value, block, i);
    }
  }
  for (; done < count; ++done) {
    const float value = next_value(done);
    end = is_other(done) ? write_other(end, value, types_[done]) : write_json_number(end, value);
  }
  return static_cast<std::size_t>(copy_piece(end, piece, pieces_.back()) - out);
}

}  // namespace rigjit
