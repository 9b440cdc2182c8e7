// Poses in one text, told apart as its bytes come. The first byte: whether they are MessagePack or
// JSON, and how many bytes come at a time.
#include <algorithm>
#include <utility>
#include <vector>

#include "fuzz_target.h"
#include "poses/pose_splitter.h"

namespace rigjit::fuzz {
namespace {

struct Outcome {
  std::vector<std::pair<std::size_t, std::size_t>> poses;  // begin in the stream, size
  bool failed = false;
  bool operator==(const Outcome&) const = default;
};

Outcome split(PoseOptions::Form form, Bytes stream, std::size_t step) {
  PoseSplitter splitter(form);
  Outcome outcome;
  std::size_t begin = 0;
  std::size_t end = 0;
  while (true) {
    const Bytes known = stream.subspan(begin, end - begin);
    const auto place = splitter.next(known.data(), known.size(), end == stream.size());
    if (!place) {
      require_explained(place.errors());
      outcome.failed = true;
      return outcome;
    }
    require(place->begin <= known.size() && place->size <= known.size() - place->begin,
            "a pose lies in what is known");
    begin += place->begin;
    if (place->size > 0) {
      outcome.poses.emplace_back(begin, place->size);
      begin += place->size;
    } else if (end == stream.size()) {
      return outcome;
    } else {
      end = std::min(stream.size(), end + step);
    }
  }
}

void run(Bytes input) {
  const uint8_t choice = take_choice(input);
  const auto form = choice % 2 == 0 ? PoseOptions::Form::kMessagePack : PoseOptions::Form::kJson;
  require(split(form, input, input.size()) == split(form, input, 1 + choice / 2u),
          "poses do not depend on how many bytes come at a time");
}

}  // namespace
}  // namespace rigjit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  rigjit::fuzz::run({data, size});
  return 0;
}
