#include "convert/converter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/make_error.h"

namespace rigjit::cli {
namespace {

// Made at a time: messages may be far longer than their vectors.
constexpr std::size_t kBlockBytes = std::size_t{8} << 20;

}  // namespace

Converter::Converter(const Rig& rig, Numbers from, const ConverterOptions& options,
                     BadFrames& bad_frames, Writer& writer)
    : rig_(rig),
      from_(from),
      options_(options),
      bad_frames_(bad_frames),
      writer_(writer),
      through_vectors_(writer.takes() != Writer::Takes::kValues || options.continuous) {}

Status Converter::convert(const Frames& frames) {
  const std::size_t width = from_ == Numbers::kVectors ? rig_.vec_size() : rig_.channel_count();
  const std::size_t largest =
      std::max({rig_.msgpack_size(), width * sizeof(float), rig_.channel_count() * sizeof(float)});
  const std::size_t most = std::max<std::size_t>(1, kBlockBytes / largest);
  for (std::size_t i = 0; i < frames.count; i += most) {
    const Rows rows{frames.floats.data() + i * width, frames.places.data() + i,
                    std::min(most, frames.count - i)};
    if (Status status = convert_block(rows); !status) return status;
    if (stop_) return *stop_;
  }
  return Done{};
}

Status Converter::convert_block(const Rows& rows) {
  if (from_ == Numbers::kValues && !through_vectors_) {
    if (Status status = check_values(rows); !status) return status;
    return writer_.write(values_.items.data(), values_.places.size());
  }
  if (options_.continuous && !stream_) {
    if (Status status = begin_stream(rows); !status) return status;
  }
  Rows vectors = rows;
  if (from_ == Numbers::kValues) {
    if (Status status = values_to_vectors(rows); !status) return status;
    vectors = vectors_.rows();
  }
  switch (writer_.takes()) {
    case Writer::Takes::kVectors:
      return writer_.write(vectors.floats, vectors.count);
    case Writer::Takes::kValues:
      if (Status status = vectors_to_values(vectors); !status) return status;
      return writer_.write(values_.items.data(), values_.places.size());
    case Writer::Takes::kMessages:
      if (Status status = vectors_to_messages(vectors); !status) return status;
      return writer_.write(messages_.items.data(), messages_.places.size());
  }
  return Done{};
}

Status Converter::begin_stream(const Rows& rows) {
  const bool has_start = from_ == Numbers::kValues && rows.count > 0 &&
                         std::all_of(rows.floats, rows.floats + rig_.channel_count(),
                                     [](float value) { return std::isfinite(value); });
  Result<Stream> stream = rig_.stream(has_start ? rows.floats : nullptr);
  if (!stream) return stream.errors();
  stream_ = *std::move(stream);
  return Done{};
}

void Converter::refuse(std::size_t place, Errors errors) {
  const Status refused = bad_frames_.refuse(place, std::move(errors));
  if (!refused) stop_ = refused.errors();
}

// Each frame continues the last good one, and whether it is good may depend on that: only the
// stream can tell what is wrong with it, and when it comes to it.
template <typename T, typename Push>
void Converter::push(const Rows& vectors, std::size_t made_width, Made<T>& made, Push push_one) {
  made.items.resize(vectors.count * made_width);
  made.places.clear();
  for (std::size_t i = 0; i < vectors.count && !stop_; ++i) {
    T* out = made.items.data() + made.places.size() * made_width;
    const Status status = push_one(vectors.floats + i * rig_.vec_size(), out);
    if (status) {
      made.places.push_back(vectors.places[i]);
    } else {
      refuse(vectors.places[i], status.errors());
    }
  }
}

// all(floats, count, made, valid) converts rows, one(floats) tells what is wrong with a bad one.
template <typename T, typename All, typename One>
Status Converter::step(const Rows& rows, std::size_t width, std::size_t made_width, Made<T>& made,
                       All all, One one) {
  made.items.resize(rows.count * made_width);
  made.places.clear();
  valid_.resize(rows.count);
  if (Status s = all(rows.floats, rows.count, made.items.data(), valid_.data()); !s) return s;
  for (std::size_t i = 0; i < rows.count; ++i) {
    if (valid_[i] != 0) {
      const std::size_t kept = made.places.size();
      if (kept != i) {
        std::copy_n(made.items.data() + i * made_width, made_width,
                    made.items.data() + kept * made_width);
      }
      made.places.push_back(rows.places[i]);
      continue;
    }
    // Whatever it says now, the frame was refused.
    const Status status = one(rows.floats + i * width);
    refuse(rows.places[i], status ? Errors{make_error("refused-frame", "it cannot be converted")}
                                  : status.errors());
    if (stop_) break;
  }
  return Done{};
}

Status Converter::values_to_vectors(const Rows& values) {
  std::vector<float> vec(rig_.vec_size());
  return step(
      values, rig_.channel_count(), rig_.vec_size(), vectors_,
      [&](const float* rows, std::size_t count, float* out, uint8_t* valid) {
        return rig_.values_to_vec_batch(rows, count, out, valid, options_.threads);
      },
      [&](const float* row) { return rig_.values_to_vec(row, vec.data()); });
}

Status Converter::check_values(const Rows& values) {
  const std::size_t width = rig_.channel_count();
  return step(
      values, width, width, values_,
      [&](const float* rows, std::size_t count, float* out, uint8_t* valid) -> Status {
        std::copy_n(rows, count * width, out);
        for (std::size_t i = 0; i < count; ++i) {
          valid[i] = rig_.check_values(rows + i * width).ok() ? 1 : 0;
        }
        return Done{};
      },
      [&](const float* row) { return rig_.check_values(row); });
}

Status Converter::vectors_to_values(const Rows& vectors) {
  if (stream_) {
    push(vectors, rig_.channel_count(), values_,
         [&](const float* vec, float* out) { return stream_->push_values(vec, out); });
    return Done{};
  }
  std::vector<float> values(rig_.channel_count());
  return step(
      vectors, rig_.vec_size(), rig_.channel_count(), values_,
      [&](const float* rows, std::size_t count, float* out, uint8_t* valid) {
        return rig_.vec_to_values_batch(rows, count, out, valid, options_.threads);
      },
      [&](const float* row) { return rig_.vec_to_values(row, values.data()); });
}

Status Converter::vectors_to_messages(const Rows& vectors) {
  if (stream_) {
    push(vectors, rig_.msgpack_size(), messages_,
         [&](const float* vec, uint8_t* out) { return stream_->push(vec, out); });
    return Done{};
  }
  std::vector<uint8_t> message(rig_.msgpack_size());
  return step(
      vectors, rig_.vec_size(), rig_.msgpack_size(), messages_,
      [&](const float* rows, std::size_t count, uint8_t* out, uint8_t* valid) {
        return rig_.vec_to_rig_batch(rows, count, out, valid, options_.threads);
      },
      [&](const float* row) { return rig_.vec_to_rig(row, message.data()); });
}

}  // namespace rigjit::cli
