#include "convert/pose_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "poses/pose_splitter.h"

namespace rigjit::cli {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

class PoseFileReader : public Reader {
 public:
  PoseFileReader(Source source, const Rig& rig, const PoseOptions& options, BadFrames& bad_frames)
      : source_(std::move(source)),
        rig_(rig),
        options_(options),
        bad_frames_(bad_frames),
        splitter_(options.form) {}

  [[nodiscard]] Form form() const override {
    return options_.form == PoseOptions::Form::kJson ? Form::kJson : Form::kMessages;
  }
  [[nodiscard]] Numbers numbers() const override { return Numbers::kVectors; }

  [[nodiscard]] std::size_t frames() const override { return place_; }

  Result<Frames> next() override {
    if (failure_) return *failure_;
    Frames frames;
    const std::size_t vec_bytes = std::max<std::size_t>(1, rig_.vec_size() * sizeof(float));
    const std::size_t most = std::max<std::size_t>(1, kBlockBytes / vec_bytes);
    while (frames.count < most) {
      const Result<bool> more = read_pose(frames);
      if (more && *more) continue;
      if (more) break;
      // What was good before it still counts.
      failure_ = more.errors();
      if (frames.count == 0) return *failure_;
      break;
    }
    return frames;
  }

 private:
  // False at the end.
  Result<bool> read_pose(Frames& frames) {
    if (read_own_message(frames)) return true;
    for (;;) {
      const auto place = splitter_.next(buffer_.data() + at_, buffer_.size() - at_, ended_);
      if (!place) return in_file(place.errors());
      at_ += place->begin;
      if (place->size > 0) return convert(place->size, frames);
      if (ended_) return false;
      if (Status filled = fill(); !filled) return filled.errors();
    }
  }

  // Messages of the rig's own form have one size. No value of MessagePack begins another one: bytes
  // that are a pose are the next pose, without a look at how long it is.
  bool read_own_message(Frames& frames) {
    const std::size_t size = rig_.msgpack_size();
    if (!expects_own_ || !splitter_.may_follow() || buffer_.size() - at_ < size) return false;
    frames.floats.resize((frames.count + 1) * rig_.vec_size());
    if (!rig_.rig_to_vec(buffer_.data() + at_, size, vec_of(frames), options_).ok()) {
      frames.floats.resize(frames.count * rig_.vec_size());
      return expects_own_ = false;
    }
    splitter_.pass(size);
    keep(size, frames);
    return true;
  }

  Result<bool> convert(std::size_t size, Frames& frames) {
    frames.floats.resize((frames.count + 1) * rig_.vec_size());
    const Status status = rig_.rig_to_vec(buffer_.data() + at_, size, vec_of(frames), options_);
    expects_own_ = options_.form == PoseOptions::Form::kMessagePack && size == rig_.msgpack_size();
    if (status) {
      keep(size, frames);
      return true;
    }
    frames.floats.resize(frames.count * rig_.vec_size());
    at_ += size;
    const Status refused = bad_frames_.refuse(place_++, status.errors());
    if (!refused) return refused.errors();
    return true;
  }

  float* vec_of(Frames& frames) const {
    return frames.floats.data() + frames.count * rig_.vec_size();
  }

  void keep(std::size_t size, Frames& frames) {
    at_ += size;
    frames.places.push_back(place_++);
    ++frames.count;
  }

  // More bytes behind those that are not done with.
  Status fill() {
    buffer_.erase(0, std::exchange(at_, 0));
    const std::size_t known = buffer_.size();
    buffer_.resize(known + std::max(known, kBlockBytes));
    const Result<std::size_t> got = source_.read(buffer_.data() + known, buffer_.size() - known);
    if (!got) return got.errors();
    ended_ = known + *got < buffer_.size();
    buffer_.resize(known + *got);
    return Done{};
  }

  [[nodiscard]] Errors in_file(Errors errors) const {
    for (Error& error : errors) error.file = source_.name();
    return errors;
  }

  Source source_;
  const Rig& rig_;
  const PoseOptions options_;
  BadFrames& bad_frames_;
  PoseSplitter splitter_;
  std::string buffer_;
  std::size_t at_ = 0;     // in buffer_: what comes next
  std::size_t place_ = 0;  // of the next pose in the file
  bool ended_ = false;     // the file has nothing behind buffer_
  bool expects_own_ = false;
  std::optional<Errors> failure_;
};

}  // namespace

std::unique_ptr<Reader> open_poses(Source source, const Rig& rig, PoseOptions::Form form,
                                   const PoseOptions& options, BadFrames& bad_frames) {
  PoseOptions of_form = options;
  of_form.form = form;
  return std::make_unique<PoseFileReader>(std::move(source), rig, of_form, bad_frames);
}

}  // namespace rigjit::cli
