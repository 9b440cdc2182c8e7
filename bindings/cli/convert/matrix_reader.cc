#include "convert/matrix_reader.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <utility>

#include "clips/file_header.h"
#include "convert/named_clip_reader.h"

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

std::size_t width_of(const Rig& rig, Form form) {
  return form == Form::kVectors ? rig.vec_size() : rig.channel_count();
}

// What an array of this width holds; none if it fits neither.
std::optional<Form> form_of(const Rig& rig, std::optional<Form> wanted, std::size_t width) {
  for (const Form form : {Form::kVectors, Form::kValues}) {
    if (wanted.value_or(form) == form && width == width_of(rig, form)) return form;
  }
  return std::nullopt;
}

// "(9,) or (frames, 9)", and what that is if it may be either.
std::string wanted_shapes(const Rig& rig, std::optional<Form> wanted) {
  std::string text;
  for (const Form form : {Form::kVectors, Form::kValues}) {
    if (wanted.value_or(form) != form) continue;
    const std::string width = std::to_string(width_of(rig, form));
    if (!text.empty()) text += ", or ";
    text += std::string(form == Form::kVectors ? "vectors" : "values") + " of (" + width +
            ",) or (frames, " + width + ")";
  }
  return text;
}

}  // namespace

MatrixReader::MatrixReader(Source source, FloatFormat format, Form form, std::size_t width,
                           std::optional<std::size_t> frames)
    : source_(std::move(source)),
      format_(format),
      form_(form),
      width_(width),
      frames_left_(frames) {}

Error MatrixReader::error(const char* code, std::string message) const {
  return error_in(source_, code, std::move(message));
}

Result<std::unique_ptr<Reader>> MatrixReader::open_npy(Source source, const Rig& rig,
                                                       std::optional<Form> wanted) {
  const Result<NpyHeader> header = read_npy_header(source);
  if (!header) return header.errors();
  const std::vector<std::size_t>& shape = header->shape;
  const std::optional<Form> form =
      shape.empty() || shape.size() > 2 ? std::nullopt : form_of(rig, wanted, shape.back());
  if (!form) {
    return error_in(source, "wrong-shape",
                    "the array has shape " + shape_text(shape) + ", the rig takes " +
                        wanted_shapes(rig, wanted));
  }
  std::unique_ptr<MatrixReader> reader(
      new MatrixReader(std::move(source), header->format, *form, shape.back(), 1));
  if (shape.size() == 2) {
    reader->frames_left_ = shape[0];
    reader->fortran_order_ = header->fortran_order;
  }
  return std::unique_ptr<Reader>(std::move(reader));
}

Result<std::unique_ptr<Reader>> MatrixReader::open_raw(Source source, const Rig& rig, Form form) {
  const std::size_t width = width_of(rig, form);
  if (width == 0) {
    return error_in(source, "wrong-shape", "the rig takes no input: bare float32 has no frames");
  }
  return std::unique_ptr<Reader>(
      new MatrixReader(std::move(source), FloatFormat{}, form, width, std::nullopt));
}

Result<std::unique_ptr<Reader>> MatrixReader::open_safetensors(Source source, const Rig& rig,
                                                               std::optional<Form> wanted,
                                                               const PoseOptions& options,
                                                               BadFrames& bad_frames) {
  const auto refused = [&](Errors errors) {
    for (Error& error : errors) error.file = source.name();
    return errors;
  };
  const Error cut =
      error_in(source, "malformed-file", "it is no safetensors file, or was cut within its header");
  const Result<std::string_view> start = source.peek(kFileStart);
  if (!start) return start.errors();
  if (start->size() < kFileStart) return cut;
  const Result<std::size_t> size = file_header_size(start->data());
  if (!size) return refused(size.errors());
  // In steps, so that a size that lies costs no more memory than the file.
  std::string header;
  while (header.size() < *size) {
    const std::size_t known = header.size();
    header.resize(std::min(*size, known + kBlockBytes));
    const Result<std::size_t> got = source.read(header.data() + known, header.size() - known);
    if (!got) return got.errors();
    if (*got < header.size() - known) return cut;
  }
  Result<FileHeader> parsed = parse_file_header(header, rig);
  if (!parsed) return refused(parsed.errors());
  const bool is_clip = parsed->kind == FileHeader::Kind::kClip;
  const Form form = is_clip ? Form::kClip : Form::kVectors;
  if (wanted.value_or(form) != form) {
    return error_in(source, "malformed-file",
                    is_clip ? "it is a clip, not a file of vectors" : "it is no clip");
  }
  const bool is_named = !parsed->named_channels.empty();
  const std::size_t width = is_named ? parsed->named_channels.size() : width_of(rig, form);
  std::unique_ptr<MatrixReader> reader(
      new MatrixReader(std::move(source), FloatFormat{}, form, width,
                       is_clip ? std::nullopt : std::optional(parsed->row_count)));
  if (is_clip) reader->announced_ = parsed->row_count;
  reader->timing_ = parsed->timing;
  if (!is_named) return std::unique_ptr<Reader>(std::move(reader));
  return open_named_clip(std::move(reader), rig, std::move(parsed->named_channels), options,
                         bad_frames);
}

std::string MatrixReader::note() const {
  if (!announced_ || place_ >= *announced_) return {};
  return "the clip was cut: of " + std::to_string(*announced_) + " frames it has the first " +
         std::to_string(place_);
}

std::size_t MatrixReader::frames_a_block() const {
  return std::max<std::size_t>(1,
                               kBlockBytes / std::max<std::size_t>(1, width_ * format_.item_bytes));
}

Result<std::vector<float>> MatrixReader::read_floats(std::size_t count) {
  std::vector<float> floats;
  std::vector<char> bytes;
  // In steps, so that a header that lies about its shape costs no more memory than the file.
  while (floats.size() < count) {
    const std::size_t step = std::min(count - floats.size(), kBlockBytes);
    bytes.resize(step * format_.item_bytes);
    const Result<std::size_t> got = source_.read(bytes.data(), bytes.size());
    if (!got) return got.errors();
    if (*got % format_.item_bytes != 0 && !announced_) {
      return error("cut-short", "a number is cut short");
    }
    for (std::size_t at = 0; at + format_.item_bytes <= *got; at += format_.item_bytes) {
      floats.push_back(float_at(bytes.data() + at, format_));
    }
    if (*got < bytes.size()) break;
  }
  return floats;
}

Status MatrixReader::check_end() {
  char byte = 0;
  const Result<std::size_t> got = source_.read(&byte, 1);
  if (!got) return got.errors();
  if (*got != 0) return error("trailing-bytes", "there are bytes after the array");
  return Done{};
}

Result<Frames> MatrixReader::read_fortran_order() {
  const std::size_t frames = *frames_left_;
  if (width_ != 0 && frames > SIZE_MAX / width_) return error("cut-short", "too many frames");
  Result<std::vector<float>> columns = read_floats(frames * width_);
  if (!columns) return columns.errors();
  if (columns->size() < frames * width_) return error("cut-short", "the array is cut short");
  std::vector<float> rows(columns->size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i / frames + i % frames * width_] = (*columns)[i];
  }
  frames_left_ = 0;
  return numbered(frames, std::move(rows));
}

Result<Frames> MatrixReader::numbered(std::size_t count, std::vector<float> floats) {
  Frames frames{count, std::move(floats), std::vector<std::size_t>(count)};
  std::iota(frames.places.begin(), frames.places.end(), place_);
  place_ += count;
  return frames;
}

Result<Frames> MatrixReader::next() {
  if (ended_) return Frames{};
  if (frames_left_ == std::size_t{0}) {
    ended_ = true;
    if (Status end = check_end(); !end) return end.errors();
    return Frames{};
  }
  if (fortran_order_) return read_fortran_order();
  const std::size_t wanted = std::min(frames_left_.value_or(SIZE_MAX), frames_a_block());
  Result<std::vector<float>> floats = read_floats(wanted * width_);
  if (!floats) return floats.errors();
  const bool whole = floats->size() == wanted * width_;
  if (announced_) floats->resize(floats->size() / width_ * width_);
  if (floats->size() % std::max<std::size_t>(1, width_) != 0 || (frames_left_ && !whole)) {
    return error("cut-short",
                 "the last frame is cut short: a frame has " + std::to_string(width_) + " numbers");
  }
  if (frames_left_) *frames_left_ -= wanted;
  ended_ = !frames_left_ && !whole;
  const std::size_t count = width_ == 0 ? wanted : floats->size() / width_;
  return numbered(count, *std::move(floats));
}

}  // namespace rigjit::cli
