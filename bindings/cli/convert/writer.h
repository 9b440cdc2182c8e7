// Writing frames in one form or another.
#pragma once

#include <cstddef>
#include <memory>

#include "convert/forms.h"
#include "io/output.h"
#include "rigjit/clip.h"
#include "rigjit/rig.h"

namespace rigjit::cli {

class Writer {
 public:
  // What a frame is given as: float32, or the bytes of its message.
  enum class Takes : uint8_t { kVectors, kValues, kMessages };

  virtual ~Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  [[nodiscard]] virtual Takes takes() const = 0;
  // count rows of vec_size() or channel_count() floats, or of msgpack_size() bytes.
  Status write(const void* rows, std::size_t count) {
    Status written = write_rows(rows, count);
    if (written) frames_ += count;
    return written;
  }
  // Frames that were written.
  [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
  // Makes the file appear. Without it there is none.
  virtual Status finish() = 0;

 protected:
  Writer() = default;

 private:
  virtual Status write_rows(const void* rows, std::size_t count) = 0;

  std::size_t frames_ = 0;
};

// name: of a file, or "-"; of vectors it says whether they become a .npy or a safetensors file.
// timing: of a clip. rig must outlive the writer.
Result<std::unique_ptr<Writer>> open_writer(const std::string& name, Form form, const Rig& rig,
                                            const ClipTiming& timing);

}  // namespace rigjit::cli
