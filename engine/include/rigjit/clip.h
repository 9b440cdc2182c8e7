// Clips: frames of a rig's values in a file that any tool reads. A clip is a safetensors file whose
// tensor `frames` is F32 of shape (frames, channels), laid out in engine/clips/clip_format.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rigjit/channel.h"
#include "rigjit/export.h"
#include "rigjit/frame_rate.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

// When a clip's frames are shown. What is not given is 24 frames a second and 0, or, when a clip is
// appended to, what it says; a value that disagrees with it is an error then.
struct ClipTiming {
  std::optional<FrameRate> fps = {};
  std::optional<int64_t> start_frame = {};
};

// How frames of a clip follow each other: each by itself, or as Rig::stream() says. Only what has
// been written is continued, bad frames are passed over.
struct Continuity {
  bool continuous = false;
  // channel_count() values that the first frame continues from, read at once; null: none, or, where
  // a clip is appended to, its last frame.
  const float* start = nullptr;
};

// Writes frames one after the other into a file. After every write the file holds whole frames,
// which rigjit's readers see at once, also when the process is killed then; close() makes it a
// complete safetensors file.
//
// A file has one writer: while there is one, another process's or this one's is "file-in-use", and
// so is a write in a process that was forked from the writer's. The lock is advisory and ends with
// its writer; a file system without locks has none. A symbolic link is followed, also to where
// nothing is yet.
//
// Any thread may call any method; calls wait for each other. A writer that is destroyed closes the
// file and tells nobody of failures.
//
// Errors: "unwritable-file", "file-in-use", "unreadable-file", "header-too-large" (names of more
// than 100 MB), "closed-clip", those of conversions; of append() also "malformed-file",
// "rig-mismatch".
class RIGJIT_EXPORT ClipWriter {
 public:
  // Replaces what is at `path`.
  static Result<ClipWriter> create(const std::string& path, const Rig& rig,
                                   const ClipTiming& timing = {},
                                   const Continuity& continuity = {});
  // Continues the clip at `path` after its last whole frame; a missing or empty file is created.
  // The clip must be of the same rig: "rig-mismatch" says what differs.
  static Result<ClipWriter> append(const std::string& path, const Rig& rig,
                                   const ClipTiming& timing = {},
                                   const Continuity& continuity = {});

  ClipWriter(ClipWriter&&) noexcept;
  ClipWriter& operator=(ClipWriter&&) noexcept;
  ~ClipWriter();

  // vec: vec_size() floats.
  Status write(const float* vec);
  // vecs: count * vec_size() floats, C order. Without `valid` a bad frame is an error that names
  // it, and none of the batch is written. With `valid` (count bytes) every frame is written, a bad
  // one as zeros, and valid[i] is 1 or 0.
  Status write_batch(const float* vecs, std::size_t count, uint8_t* valid = nullptr);
  // Frames in the file, with those that were there before.
  [[nodiscard]] uint64_t frame_count() const;
  [[nodiscard]] bool is_open() const;
  // A closed writer stays closed: closing it again does nothing.
  Status close();

 private:
  class Impl;
  explicit ClipWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The bytes of a complete clip before its frames: a multiple of 512, so that a clip is these bytes
// and then `count` frames from Rig::vec_to_values_batch. Error: "header-too-large".
[[nodiscard]] RIGJIT_EXPORT Result<std::string> clip_header(const Rig& rig, uint64_t count,
                                                            const ClipTiming& timing = {});

// What a clip says, and its frames.
struct Clip {
  std::string rig_name;
  std::string rig_hash;  // 32 hexadecimal digits
  FrameRate fps;
  int64_t start_frame = 0;
  std::string length_unit;  // as the spec's metadata `unit` says; empty: it does not
  std::string up_axis;      // as the spec's metadata `up_axis` says; empty: it does not
  std::string name_space;   // what controllers' names begin with, before a colon; may be empty
  std::vector<Channel> channels;
  std::vector<float> frames;  // frame after frame, one value a channel
  [[nodiscard]] std::size_t frame_count() const noexcept {
    return channels.empty() ? 0 : frames.size() / channels.size();
  }
};

// Reads a clip, closed or not; of one that was cut the whole frames.
// Errors: "unreadable-file", "malformed-file".
[[nodiscard]] RIGJIT_EXPORT Result<Clip> read_clip(const std::string& path);

}  // namespace rigjit
