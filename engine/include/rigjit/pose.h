// Poses on their way back to a vector: how they are read, and a reader for forms of your own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "rigjit/export.h"
#include "rigjit/result.h"

namespace rigjit {

class Rig;

struct PoseOptions {
  // kDetect: MessagePack or JSON, by the first byte.
  enum class Form : uint8_t { kDetect, kMessagePack, kJson };
  // What becomes of channels that the pose lacks: an error that names them all, or the rest pose
  // (zero translation, identity rotation, unit scale, an attribute's center). With kRest too a pose
  // that holds something, and nothing of the rig's, is an error: "nothing-matches".
  enum class Missing : uint8_t { kError, kRest };
  // What becomes of controllers and attributes that the rig lacks.
  enum class Extra : uint8_t { kIgnore, kError };

  Form form = Form::kDetect;
  Missing missing = Missing::kError;
  Extra extra = Extra::kIgnore;
};

// Takes one pose channel by channel, in any order, and makes the vector of it: what
// Rig::rig_to_vec runs on the bytes that it reads. Channels of constants need not be given, and
// their values don't matter. Whatever is wrong is kept and returned by finish(): see
// Rig::rig_to_vec. Use one object from one thread at a time.
class RIGJIT_EXPORT PoseReader {
 public:
  PoseReader(const Rig& rig, const PoseOptions& options);
  ~PoseReader();
  PoseReader(const PoseReader&) = delete;
  PoseReader& operator=(const PoseReader&) = delete;

  // Names are UTF-8; those that follow the order of Rig::channels() are found fastest.
  void begin_controller(std::string_view name);
  // Of the controller that began last.
  void number(std::string_view attribute, double value);
  // `type` names it in the error where the channel has no such values: "bool", "str".
  void boolean(std::string_view attribute, bool value, std::string_view type = "bool");
  // The name of an enum's value, UTF-8.
  void text(std::string_view attribute, std::string_view value, std::string_view type = "str");
  // Anything else.
  void other(std::string_view attribute, std::string_view type);
  // A controller whose value holds no attributes.
  void other_controller(std::string_view name, std::string_view type);
  // A key that is no text, of a controller or an attribute; `bytes`: what one of bytes holds, for
  // the error's hint.
  void unnamed(std::string_view bytes = {});
  // A whole pose of `size` bytes instead, as Rig::rig_to_vec takes it.
  void read(const void* pose, std::size_t size);

  // Writes vec_size() floats, or returns every mistake; then the reader is ready for another pose.
  // `frame`: its place in a batch, which errors then name.
  Status finish(float* vec, std::optional<std::size_t> frame = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rigjit
