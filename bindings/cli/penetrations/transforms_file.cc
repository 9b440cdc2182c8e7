#include "penetrations/transforms_file.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <utility>

#include "convert/npy_header.h"

namespace rigjit::cli {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{8} << 20;

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "(" + text + (shape.size() == 1 ? ",)" : ")");
}

template <typename Bits>
void swap_bytes(void* data, std::size_t bytes) {
  const std::span items(static_cast<Bits*>(data), bytes / sizeof(Bits));
  for (Bits& item : items) item = std::byteswap(item);
}

}  // namespace

TransformsFile::TransformsFile(Source source, std::size_t frames, std::size_t hulls, int rows,
                               bool are_doubles, bool are_swapped)
    : source_(std::move(source)),
      frames_(frames),
      frame_bytes_(hulls * 4 * static_cast<std::size_t>(rows) * (are_doubles ? 8 : 4)),
      rows_(rows),
      are_doubles_(are_doubles),
      are_swapped_(are_swapped) {}

Result<TransformsFile> TransformsFile::open(const std::string& name, std::size_t hulls) {
  Result<Source> source = Source::open(name);
  if (!source) return source.errors();
  const Result<NpyHeader> header = read_npy_header(*source);
  if (!header) return header.errors();
  std::vector<std::size_t> shape = header->shape;
  if (shape.size() == 3) shape.insert(shape.begin(), 1);
  const bool is_right =
      shape.size() == 4 && shape[1] == hulls && (shape[2] == 3 || shape[2] == 4) && shape[3] == 4;
  if (!is_right) {
    const std::string count = std::to_string(hulls);
    return error_in(*source, "wrong-shape",
                    "the array has shape " + shape_text(header->shape) + ", of " + count +
                        " hulls it must be (frames, " + count + ", 4, 4) or (frames, " + count +
                        ", 3, 4)");
  }
  if (header->fortran_order) {
    return error_in(*source, "wrong-shape",
                    "the array is in Fortran order; save np.ascontiguousarray(...) of it");
  }
  if (header->format.item_bytes == 2) {
    return error_in(*source, "wrong-dtype", "float16 is too coarse for matrices; save float32");
  }
  const bool is_swapped = header->format.big_endian != (std::endian::native == std::endian::big);
  return TransformsFile(*std::move(source), shape[0], hulls, static_cast<int>(shape[2]),
                        header->format.item_bytes == 8, is_swapped);
}

Result<collision::Transforms> TransformsFile::next() {
  collision::Transforms transforms;
  transforms.rows = rows_;
  transforms.first_frame = done_;
  transforms.frames =
      std::min(frames_ - done_, std::max<std::size_t>(kBlockBytes / frame_bytes_, 1));
  const std::size_t bytes = transforms.frames * frame_bytes_;
  block_.resize((bytes + sizeof(double) - 1) / sizeof(double));
  const Result<std::size_t> got = source_.read(block_.data(), bytes);
  if (!got) return got.errors();
  if (*got < bytes) {
    return error_in(source_, "cut-short",
                    "the array is cut short after " + std::to_string(done_ + *got / frame_bytes_) +
                        " of " + std::to_string(frames_) + " frames");
  }
  if (done_ == frames_) {
    char byte = 0;
    const Result<std::size_t> more = source_.read(&byte, 1);
    if (!more) return more.errors();
    if (*more != 0) return error_in(source_, "trailing-bytes", "there are bytes after the array");
  }
  done_ += transforms.frames;
  if (are_swapped_) {
    are_doubles_ ? swap_bytes<uint64_t>(block_.data(), bytes)
                 : swap_bytes<uint32_t>(block_.data(), bytes);
  }
  if (are_doubles_) {
    transforms.doubles = block_.data();
  } else {
    transforms.floats = reinterpret_cast<const float*>(block_.data());
  }
  return transforms;
}

}  // namespace rigjit::cli
