// Frames of one input, from what its reader gives to what a writer takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "convert/bad_frames.h"
#include "convert/frames.h"
#include "convert/writer.h"
#include "rigjit/rig.h"

namespace rigjit::cli {

struct ConverterOptions {
  bool continuous = false;  // each frame continues the one before, as Rig::stream() says
  std::size_t threads = 0;  // 0: every core
};

// Values that are wanted as values stay as they are, unless they are to be continuous: all else
// goes through vectors. A run of values that becomes continuous starts where it started.
class Converter {
 public:
  Converter(const Rig& rig, Numbers from, const ConverterOptions& options, BadFrames& bad_frames,
            Writer& writer);

  // Converts and writes. Of frames with a bad one that is not skipped those before it are written.
  Status convert(const Frames& frames);

 private:
  struct Rows {
    const float* floats;
    const std::size_t* places;
    std::size_t count;
  };
  // Rows that a step has made: good ones.
  template <typename T>
  struct Made {
    std::vector<T> items;
    std::vector<std::size_t> places;
    [[nodiscard]] Rows rows() const { return {items.data(), places.data(), places.size()}; }
  };

  Status convert_block(const Rows& rows);
  Status values_to_vectors(const Rows& values);
  Status check_values(const Rows& values);
  Status vectors_to_values(const Rows& vectors);
  Status vectors_to_messages(const Rows& vectors);
  Status begin_stream(const Rows& rows);
  void refuse(std::size_t place, Errors errors);
  template <typename T, typename Push>
  void push(const Rows& vectors, std::size_t made_width, Made<T>& made, Push push_one);
  template <typename T, typename All, typename One>
  Status step(const Rows& rows, std::size_t width, std::size_t made_width, Made<T>& made, All all,
              One one);

  const Rig& rig_;
  const Numbers from_;
  const ConverterOptions options_;
  BadFrames& bad_frames_;
  Writer& writer_;
  const bool through_vectors_;  // values, on their way
  std::optional<Stream> stream_;
  std::vector<uint8_t> valid_;
  Made<float> vectors_, values_;
  Made<uint8_t> messages_;
  std::optional<Errors> stop_;  // of the bad frame at which the conversion stops
};

}  // namespace rigjit::cli
