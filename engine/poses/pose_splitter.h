// Many poses in one file or byte stream, told apart without reading what they say.
// Exported for the command line and for Python, no part of the public API.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rigjit/export.h"
#include "rigjit/pose.h"
#include "rigjit/result.h"

namespace rigjit {

// Finds where poses begin and end, as bytes come. MessagePack: maps one after the other, or one
// array of them. JSON: objects one after the other (JSON Lines, or any white space between them),
// or one array of them. What lies inside a pose is left to Rig::rig_to_vec. One thread at a time.
class RIGJIT_EXPORT PoseSplitter {
 public:
  // form: kMessagePack or kJson.
  explicit PoseSplitter(PoseOptions::Form form) : form_(form) {}

  // Where in `data` the next pose lies. size 0: it is not there whole; the bytes before `begin`
  // are done with, and the rest must be given again with more behind it.
  struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;  // bytes
  };
  // data: what follows the pose found last. is_all: nothing follows `data`; size 0 is then the end.
  // Errors, which name the byte of the stream: "malformed-messagepack", "malformed-json". They are
  // final.
  Result<Place> next(const void* data, std::size_t size, bool is_all);

  // Takes the next `size` bytes for a pose that the caller has found himself: one that may follow.
  void pass(std::size_t size) noexcept;
  // Whether another pose of MessagePack may begin at once, behind the one found last.
  [[nodiscard]] bool may_follow() const noexcept { return started_ && (!in_array_ || left_ > 0); }

 private:
  Result<Place> next_message(const char* data, std::size_t size, bool is_all);
  Result<Place> next_object(const char* data, std::size_t size, bool is_all);
  [[nodiscard]] Error malformed(std::size_t place, const char* what) const;

  const PoseOptions::Form form_;
  bool started_ = false;
  bool in_array_ = false;
  bool ended_ = false;  // the array has ended
  // Of a JSON array: what came last.
  bool after_pose_ = false;
  bool has_comma_ = false;
  std::uint64_t left_ = 0;    // poses of the MessagePack array
  std::uint64_t offset_ = 0;  // of `data` in the stream
};

}  // namespace rigjit
