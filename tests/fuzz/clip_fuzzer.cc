// The file of a clip, read and appended to.
#include <string_view>

#include "clips/file_header.h"
#include "fuzz_target.h"
#include "matrix_bytes.h"
#include "rigjit/clip.h"
#include "sample_rig.h"

namespace rigjit::fuzz {
namespace {

void require_read(const Result<Clip>& clip, std::size_t file_size) {
  require(!clip->channels.empty(), "a clip has channels");
  require(clip->frames.size() == clip->frame_count() * clip->channels.size(), "frames are whole");
  require(clip->frames.size() * sizeof(float) <= file_size, "no frame comes from nowhere");
}

void append_to(const MemoryFile& file, std::size_t frames_before) {
  const Rig& rig = sample_rig();
  Result<ClipWriter> writer = ClipWriter::append(file.path(), rig);
  if (!writer) return require_explained(writer.errors());
  require(writer->frame_count() == frames_before, "a writer goes on after the last whole frame");
  require(writer->write(rig.rest_vec().data()).ok() && writer->close().ok(), "a frame is appended");
  const Result<Clip> longer = read_clip(file.path());
  require(longer.ok() && longer->frame_count() == frames_before + 1, "an appended frame is read");
}

// As a program does that has the file as a byte stream.
void check_header(Bytes file) {
  if (file.size() <= kFileStart) return;
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  const Result<std::size_t> size = file_header_size(file.data());
  if (!size) return require_explained(size.errors());
  if (*size > file.size()) return;
  const Result<FileHeader> header = parse_file_header(text.substr(0, *size), sample_rig());
  if (!header) return require_explained(header.errors());
  require(may_be_file_header(text), "what is a header looks like one");
}

void run(Bytes input) {
  const std::vector<uint8_t> bytes = matrix_bytes(input);
  check_header(bytes);
  const MemoryFile file(bytes);
  const Result<Clip> clip = read_clip(file.path());
  if (clip) {
    require_read(clip, bytes.size());
  } else {
    require_explained(clip.errors());
  }
  append_to(file, clip ? clip->frame_count() : 0);
}

}  // namespace
}  // namespace rigjit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  rigjit::fuzz::run({data, size});
  return 0;
}
