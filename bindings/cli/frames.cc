#include "frames.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace rigjit::cli {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

// IEEE binary16.
float float_of_half(uint16_t bits) {
  const uint32_t exponent = bits >> 10U & 0x1FU;
  const auto fraction = static_cast<float>(bits & 0x3FFU);
  float magnitude = 0;
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else {
    magnitude = std::ldexp(fraction + 1024, static_cast<int>(exponent) - 25);
  }
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

template <typename Bits>
Bits bits_at(const char* data, bool big_endian) {
  Bits bits;
  std::memcpy(&bits, data, sizeof(bits));
  const bool swap = big_endian != (std::endian::native == std::endian::big);
  return swap ? std::byteswap(bits) : bits;
}

float float_at(const char* data, FloatFormat format) {
  switch (format.item_bytes) {
    case 2:
      return float_of_half(bits_at<uint16_t>(data, format.big_endian));
    case 4:
      return std::bit_cast<float>(bits_at<uint32_t>(data, format.big_endian));
    default:
      // Out of float32's range becomes infinite, which the conversion names.
      return static_cast<float>(std::bit_cast<double>(bits_at<uint64_t>(data, format.big_endian)));
  }
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text = "(";
  for (const std::size_t size : shape) text += std::to_string(size) + ", ";
  if (shape.size() > 1) text.resize(text.size() - 2);
  return (shape.size() == 1 ? text.substr(0, text.size() - 1) : text) + ")";
}

}  // namespace

FrameReader::FrameReader(Source source, FloatFormat format, std::size_t vec_size,
                         std::optional<std::size_t> frames)
    : source_(std::move(source)), format_(format), vec_size_(vec_size), frames_left_(frames) {}

Error FrameReader::error(const char* code, std::string message) const {
  Error result;
  result.code = code;
  result.message = std::move(message);
  result.file = source_.name();
  return result;
}

Result<FrameReader> FrameReader::open_npy(Source source, std::size_t vec_size) {
  const Result<NpyHeader> header = read_npy_header(source);
  if (!header) return header.errors();
  const std::vector<std::size_t>& shape = header->shape;
  FrameReader reader(std::move(source), header->format, vec_size, 1);
  if (shape.empty() || shape.size() > 2 || shape.back() != vec_size) {
    return reader.error("wrong-shape", "the array has shape " + shape_text(shape) +
                                           ", the rig takes (" + std::to_string(vec_size) +
                                           ",) or (frames, " + std::to_string(vec_size) + ")");
  }
  if (shape.size() == 2) {
    reader.frames_left_ = shape[0];
    reader.fortran_order_ = header->fortran_order;
  }
  return reader;
}

Result<FrameReader> FrameReader::open_raw(Source source, std::size_t vec_size) {
  FrameReader reader(std::move(source), FloatFormat{}, vec_size, std::nullopt);
  if (vec_size == 0) {
    return reader.error("wrong-shape", "the rig takes no input: bare float32 has no frames");
  }
  return reader;
}

std::size_t FrameReader::frames_a_block() const {
  return std::max<std::size_t>(
      1, kBlockBytes / std::max<std::size_t>(1, vec_size_ * format_.item_bytes));
}

Result<std::vector<float>> FrameReader::read_floats(std::size_t count) {
  std::vector<float> floats;
  std::vector<char> bytes;
  // In steps, so that a header that lies about its shape costs no more memory than the file.
  while (floats.size() < count) {
    const std::size_t step = std::min(count - floats.size(), kBlockBytes);
    bytes.resize(step * format_.item_bytes);
    const Result<std::size_t> got = source_.read(bytes.data(), bytes.size());
    if (!got) return got.errors();
    if (*got % format_.item_bytes != 0) return error("cut-short", "a number is cut short");
    for (std::size_t at = 0; at < *got; at += format_.item_bytes) {
      floats.push_back(float_at(bytes.data() + at, format_));
    }
    if (*got < bytes.size()) break;
  }
  return floats;
}

Status FrameReader::check_end() {
  char byte = 0;
  const Result<std::size_t> got = source_.read(&byte, 1);
  if (!got) return got.errors();
  if (*got != 0) return error("trailing-bytes", "there are bytes after the array");
  return Done{};
}

Result<Frames> FrameReader::read_fortran_order() {
  const std::size_t frames = *frames_left_;
  if (vec_size_ != 0 && frames > SIZE_MAX / vec_size_) return error("cut-short", "too many frames");
  Result<std::vector<float>> columns = read_floats(frames * vec_size_);
  if (!columns) return columns.errors();
  if (columns->size() < frames * vec_size_) return error("cut-short", "the array is cut short");
  std::vector<float> rows(columns->size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i / frames + i % frames * vec_size_] = (*columns)[i];
  }
  frames_left_ = 0;
  return Frames{frames, std::move(rows)};
}

Result<Frames> FrameReader::next() {
  if (ended_) return Frames{};
  if (frames_left_ == std::size_t{0}) {
    ended_ = true;
    if (Status end = check_end(); !end) return end.errors();
    return Frames{};
  }
  if (fortran_order_) return read_fortran_order();
  const std::size_t wanted = std::min(frames_left_.value_or(SIZE_MAX), frames_a_block());
  Result<std::vector<float>> floats = read_floats(wanted * vec_size_);
  if (!floats) return floats.errors();
  const bool whole = floats->size() == wanted * vec_size_;
  if (floats->size() % std::max<std::size_t>(1, vec_size_) != 0 || (frames_left_ && !whole)) {
    return error("cut-short", "the last frame is cut short: a frame has " +
                                  std::to_string(vec_size_) + " numbers");
  }
  if (frames_left_) *frames_left_ -= wanted;
  ended_ = !frames_left_ && !whole;
  return Frames{vec_size_ == 0 ? wanted : floats->size() / vec_size_, *std::move(floats)};
}

}  // namespace rigjit::cli
