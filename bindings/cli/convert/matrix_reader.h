// Vectors and values that lie in a file as numbers: .npy, clips and vector files, bare float32.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "convert/npy_header.h"
#include "convert/reader.h"

namespace rigjit::cli {

class MatrixReader : public Reader {
 public:
  // form: kVectors or kValues; none: as the number of columns tells, vectors first.
  static Result<std::unique_ptr<Reader>> open_npy(Source source, const Rig& rig,
                                                  std::optional<Form> form);
  static Result<std::unique_ptr<Reader>> open_raw(Source source, const Rig& rig, Form form);
  // form: kVectors or kClip; none: whichever it is. A clip without a rig hash is read by the names
  // of its channels, as a pose is.
  static Result<std::unique_ptr<Reader>> open_safetensors(Source source, const Rig& rig,
                                                          std::optional<Form> form,
                                                          const PoseOptions& options,
                                                          BadFrames& bad_frames);

  [[nodiscard]] Form form() const override { return form_; }
  [[nodiscard]] Numbers numbers() const override {
    return form_ == Form::kVectors ? Numbers::kVectors : Numbers::kValues;
  }
  [[nodiscard]] ClipTiming timing() const override { return timing_; }

  [[nodiscard]] std::size_t frames() const override { return place_; }
  [[nodiscard]] std::string note() const override;

  // Errors: "cut-short", "trailing-bytes" and those of reading.
  Result<Frames> next() override;

 private:
  MatrixReader(Source source, FloatFormat format, Form form, std::size_t width,
               std::optional<std::size_t> frames);
  Result<Frames> numbered(std::size_t count, std::vector<float> floats);
  Result<Frames> read_fortran_order();
  Result<std::vector<float>> read_floats(std::size_t count);
  [[nodiscard]] std::size_t frames_a_block() const;
  Status check_end();
  [[nodiscard]] Error error(const char* code, std::string message) const;

  Source source_;
  FloatFormat format_;
  Form form_;
  std::size_t width_;  // numbers a frame
  bool fortran_order_ = false;
  std::optional<std::size_t> frames_left_;  // unknown for bare float32 and clips
  // Of a clip, whose whole frames count: how many there were when it was last closed or opened.
  std::optional<uint64_t> announced_;
  bool ended_ = false;
  std::size_t place_ = 0;  // of the next frame
  ClipTiming timing_;
};

}  // namespace rigjit::cli
