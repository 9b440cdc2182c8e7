// Reading frames, whatever form they have in their file.
#pragma once

#include <memory>
#include <optional>

#include "convert/bad_frames.h"
#include "convert/forms.h"
#include "convert/frames.h"
#include "io/source.h"
#include "rigjit/clip.h"
#include "rigjit/pose.h"
#include "rigjit/rig.h"

namespace rigjit::cli {

struct ReadOptions {
  std::optional<Form> form;  // none: as the content tells
  bool raw = false;          // vectors or values as bare little-endian float32
  PoseOptions pose;          // of messages and JSON
};

class Reader {
 public:
  virtual ~Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The form of the file, and what next() makes of it.
  [[nodiscard]] virtual Form form() const = 0;
  [[nodiscard]] virtual Numbers numbers() const = 0;
  // Of a clip; empty for all else.
  [[nodiscard]] virtual ClipTiming timing() const { return {}; }

  // Frames of the file that next() has passed, bad ones counted.
  [[nodiscard]] virtual std::size_t frames() const = 0;
  // What is to be said of a file that was read to its end; empty: nothing.
  [[nodiscard]] virtual std::string note() const { return {}; }

  // The next frames, good ones only; none at the end. Errors name the file.
  virtual Result<Frames> next() = 0;

 protected:
  Reader() = default;
};

// rig and bad_frames must outlive the reader. Errors: "unknown-form", "bad-npy", "wrong-dtype",
// "wrong-shape", "malformed-file", "rig-mismatch".
Result<std::unique_ptr<Reader>> open_reader(Source source, const Rig& rig,
                                            const ReadOptions& options, BadFrames& bad_frames);

}  // namespace rigjit::cli
