#include "convert/named_clip_reader.h"

#include <cstddef>
#include <utility>

namespace rigjit::cli {
namespace {

class NamedClipReader : public Reader {
 public:
  NamedClipReader(std::unique_ptr<Reader> values, const Rig& rig, std::vector<Channel> channels,
                  const PoseOptions& options, BadFrames& bad_frames)
      : values_(std::move(values)),
        vec_size_(rig.vec_size()),
        channels_(std::move(channels)),
        poses_(rig, options),
        bad_frames_(bad_frames) {}

  [[nodiscard]] Form form() const override { return Form::kClip; }
  [[nodiscard]] Numbers numbers() const override { return Numbers::kVectors; }
  [[nodiscard]] ClipTiming timing() const override { return values_->timing(); }
  [[nodiscard]] std::size_t frames() const override { return values_->frames(); }

  Result<Frames> next() override {
    for (;;) {
      Result<Frames> rows = values_->next();
      if (!rows || rows->count == 0) return rows;
      Frames frames;
      for (std::size_t i = 0; i < rows->count; ++i) {
        frames.floats.resize((frames.count + 1) * vec_size_);
        give(rows->floats.data() + i * channels_.size());
        const Status status = poses_.finish(frames.floats.data() + frames.count * vec_size_);
        if (status) {
          frames.places.push_back(rows->places[i]);
          ++frames.count;
        } else if (Status refused = bad_frames_.refuse(rows->places[i], status.errors());
                   !refused) {
          return refused.errors();
        }
      }
      frames.floats.resize(frames.count * vec_size_);
      if (frames.count > 0) return frames;
    }
  }

 private:
  void give(const float* row) {
    const std::string* controller = nullptr;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      if (controller == nullptr || *controller != channels_[i].controller) {
        controller = &channels_[i].controller;
        poses_.begin_controller(*controller);
      }
      poses_.number(channels_[i].attribute, row[i]);
    }
  }

  std::unique_ptr<Reader> values_;
  std::size_t vec_size_;
  std::vector<Channel> channels_;
  PoseReader poses_;
  BadFrames& bad_frames_;
};

}  // namespace

std::unique_ptr<Reader> open_named_clip(std::unique_ptr<Reader> values, const Rig& rig,
                                        std::vector<Channel> channels, const PoseOptions& options,
                                        BadFrames& bad_frames) {
  return std::make_unique<NamedClipReader>(std::move(values), rig, std::move(channels), options,
                                           bad_frames);
}

}  // namespace rigjit::cli
