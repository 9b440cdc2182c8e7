#include "runtime/json_text.h"

#include <cstring>

#include "runtime/json_number.h"
#include "runtime/name_codec.h"

namespace rigjit {
namespace {

// Numbers and pieces are written wider than they are.
constexpr std::size_t kSpare = 64;

void append_escape(std::string& text, char byte) {
  constexpr std::string_view kShort = "\b\t\n\f\r\"\\";
  constexpr std::string_view kLetters = "btnfr\"\\";
  constexpr const char* kHex = "0123456789abcdef";
  text += '\\';
  if (const std::size_t i = kShort.find(byte); i != std::string_view::npos) {
    text += kLetters[i];
  } else {
    text += "u00";
    text += kHex[static_cast<uint8_t>(byte) >> 4];
    text += kHex[static_cast<uint8_t>(byte) & 15];
  }
}

}  // namespace

void append_json_string(std::string& text, std::string_view name) {
  text += '"';
  for (const char byte : name) {
    if (static_cast<uint8_t>(byte) < 0x20 || byte == '"' || byte == '\\') {
      append_escape(text, byte);
    } else {
      text += byte;
    }
  }
  text += '"';
}

JsonText::JsonText(const RigDescription& description) {
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
  auto address = reinterpret_cast<uintptr_t>(out) + capacity_ - values * sizeof(float);
  address -= address % alignof(float);
  return reinterpret_cast<uint8_t*>(address);
}

std::size_t JsonText::write(char* out) const noexcept {
  const uint8_t* values = values_in(out);
  const char* piece = text_.data();
  char* end = out;
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
    float value;
    std::memcpy(&value, values + i * sizeof(float), sizeof(float));
    std::memcpy(end, piece, pieces_[i]);
    end = write_json_number(end + pieces_[i], value);
    piece += pieces_[i];
  }
  std::memcpy(end, piece, pieces_.back());
  return static_cast<std::size_t>(end + pieces_.back() - out);
}

}  // namespace rigjit
