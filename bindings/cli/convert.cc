#include <algorithm>
#include <cstdint>
#include <vector>

#include "commands.h"
#include "frames.h"
#include "output.h"
#include "source.h"

namespace rigjit::cli {
namespace {

// Messages converted at a time: they may be far longer than their vectors.
constexpr std::size_t kBlockBytes = std::size_t{8} << 20;

class Converter {
 public:
  Converter(const Rig& rig, Output& output, bool skip_bad)
      : rig_(rig), output_(output), skip_bad_(skip_bad) {}

  // Converts and writes whole frames; stops before a bad one, or leaves it out.
  Status convert(const Frames& frames) {
    const std::size_t most =
        std::max<std::size_t>(1, kBlockBytes / std::max<std::size_t>(1, rig_.msgpack_size()));
    for (std::size_t i = 0; i < frames.count; i += most) {
      const float* vecs = frames.floats.data() + i * rig_.vec_size();
      if (Status s = convert_block(vecs, std::min(most, frames.count - i)); !s) return s;
    }
    return Done{};
  }

  [[nodiscard]] std::size_t skipped() const { return skipped_; }
  [[nodiscard]] std::size_t done() const { return done_; }

 private:
  Status convert_block(const float* vecs, std::size_t count) {
    const std::size_t size = rig_.msgpack_size();
    messages_.resize(count * size);
    valid_.resize(count);
    if (Status s = rig_.vec_to_rig_batch(vecs, count, messages_.data(), valid_.data()); !s) {
      return s;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (valid_[i] != 0) {
        if (kept != i) {
          std::copy_n(messages_.data() + i * size, size, messages_.data() + kept * size);
        }
        ++kept;
        continue;
      }
      const Errors errors = why(vecs + i * rig_.vec_size(), done_ + i);
      if (!skip_bad_) {
        if (Status written = output_.write(messages_.data(), kept * size); !written) return written;
        return errors;
      }
      complain(errors);
      ++skipped_;
    }
    done_ += count;
    return output_.write(messages_.data(), kept * size);
  }

  // Of a frame that the batch found bad.
  Errors why(const float* vec, std::size_t frame) const {
    std::vector<uint8_t> message(rig_.msgpack_size());
    Errors errors = rig_.vec_to_rig(vec, message.data()).errors();
    for (Error& error : errors) {
      error.message = "frame " + std::to_string(frame) + ": " + error.message;
    }
    return errors;
  }

  const Rig& rig_;
  Output& output_;
  const bool skip_bad_;
  std::size_t done_ = 0;
  std::size_t skipped_ = 0;
  std::vector<uint8_t> messages_;
  std::vector<uint8_t> valid_;
};

Result<FrameReader> open_frames(const ConvertOptions& options, std::size_t vec_size) {
  Result<Source> source = Source::open(options.vectors);
  if (!source) return source.errors();
  return options.raw ? FrameReader::open_raw(std::move(*source), vec_size)
                     : FrameReader::open_npy(std::move(*source), vec_size);
}

Status convert_all(FrameReader& frames, Converter& converter) {
  for (;;) {
    const Result<Frames> block = frames.next();
    if (!block) return block.errors();
    if (block->count == 0) return Done{};
    if (Status status = converter.convert(*block); !status) return status;
  }
}

}  // namespace

int convert(const ConvertOptions& options) {
  if (options.spec == "-" && options.vectors == "-") {
    complain("SPEC and VECTORS cannot both be standard input");
    return kUsage;
  }
  const Result<Rig> rig = load_spec(options.spec, options.load);
  if (!rig) return complain(rig.errors());
  Result<FrameReader> frames = open_frames(options, rig->vec_size());
  if (!frames) return complain(frames.errors());
  Result<Output> output = Output::open(options.out);
  if (!output) return complain(output.errors());
  Converter converter(*rig, *output, options.skip_bad);
  if (Status status = convert_all(*frames, converter); !status) {
    return complain(status.errors());
  }
  if (Status status = output->finish(); !status) return complain(status.errors());
  if (converter.skipped() > 0) {
    complain("skipped " + std::to_string(converter.skipped()) + " of " +
             std::to_string(converter.done()) + " frames");
  }
  return kFine;
}

}  // namespace rigjit::cli
