#include <unistd.h>

#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "base/make_error.h"
#include "base/output_file.h"
#include "clips/check_rig.h"
#include "clips/clip_schema.h"
#include "clips/frame_values.h"
#include "clips/matrix_file.h"
#include "rigjit/clip.h"

namespace rigjit {
namespace {

std::span<const uint8_t> as_span(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

Error mismatch(std::string message, const std::string& path) {
  return error_in_file("rig-mismatch", std::move(message), path);
}

// Keys that say how values are meant and that the rig hash does not cover.
std::optional<Error> differing_string(const Strings& in_file, const Strings& wanted,
                                      std::string_view key, const std::string& path) {
  const std::string* there = find(in_file, key);
  const std::string* here = find(wanted, key);
  if (there != nullptr && here != nullptr && *there == *here) return std::nullopt;
  return mismatch("the clip's " + std::string(key) + " is '" +
                      (there == nullptr ? std::string() : *there) + "', not '" +
                      (here == nullptr ? std::string() : *here) + "'",
                  path);
}

// Why frames of `rig` cannot follow those of a clip.
std::optional<Error> mismatch_of(const MatrixHeader& header, const Clip& clip, const Rig& rig,
                                 const ClipTiming& timing, const std::string& path) {
  if (std::optional<Error> error = check_clip_rig(header, clip, rig)) {
    error->file = path;
    return error;
  }
  const Strings strings = clip_strings(rig, timing.fps.value_or(clip.fps),
                                       timing.start_frame.value_or(clip.start_frame));
  for (const char* key :
       {"length_unit", "angle_unit", "up_axis", "namespace", "fps", "start_frame"}) {
    if (auto error = differing_string(header.metadata, strings, key, path)) return error;
  }
  return std::nullopt;
}

// Whether the header ends as ours do, so that the number of frames can be changed in place. That of
// a clip which another program has written anew does not.
std::expected<bool, int> ends_with_entry(const OpenMatrix& file) {
  std::string end(kMatrixEntrySize, '\0');
  if (file.header.size < kSafetensorsPrefix + end.size()) return false;
  const std::span bytes(reinterpret_cast<uint8_t*>(end.data()), end.size());
  const SysStatus read = read_at(file.fd.get(), bytes, file.header.size - end.size());
  if (!read) return std::unexpected(read.error());
  return end == matrix_entry(kClipFormat.tensor, file.header.rows, file.header.columns);
}

}  // namespace

Result<std::string> clip_header(const Rig& rig, uint64_t count, const ClipTiming& timing) {
  return matrix_header(
      clip_strings(rig, timing.fps.value_or(FrameRate{}), timing.start_frame.value_or(0)),
      kClipFormat.tensor, count, rig.channel_count());
}

Result<Clip> read_clip(const std::string& path) {
  const Result<OpenMatrix> file = open_matrix(path);
  if (!file) return file.errors();
  Result<Clip> clip = parse_clip_schema(file->header);
  if (!clip) return in_file(std::move(clip).errors(), path);
  const uint64_t rows = file->data_size() / (file->header.columns * sizeof(float));
  Result<std::vector<float>> frames = read_rows(*file, rows, path);
  if (!frames) return std::move(frames).errors();
  clip->frames = std::move(frames).value();
  return clip;
}

class ClipWriter::Impl {
 public:
  Impl(Rig rig, std::string path, UniqueFd fd, uint64_t header_size, uint64_t frames,
       const Continuity& continuity)
      : rig_(std::move(rig)),
        path_(std::move(path)),
        row_size_(rig_.channel_count() * sizeof(float)),
        header_size_(header_size),
        is_continuous_(continuity.continuous),
        fd_(std::move(fd)),
        frames_(frames) {
    if (continuity.start != nullptr) remember(continuity.start);
  }

  // A clip without frames, in the place of whatever the file holds.
  static Result<ClipWriter> begin(UniqueFd fd, const std::string& header, const std::string& path,
                                  const Rig& rig, const Continuity& continuity) {
    if (const SysStatus cut = cut_at(fd.get(), 0); !cut) return unwritable(path, cut.error());
    if (const SysStatus written = write_at(fd.get(), as_span(header), 0); !written) {
      return unwritable(path, written.error());
    }
    return ClipWriter(
        std::make_unique<Impl>(rig, path, std::move(fd), header.size(), 0, continuity));
  }

  Status write(const FramesToConvert& frames) {
    const std::size_t count = frames.count;
    const auto values = std::make_unique_for_overwrite<float[]>(count * rig_.channel_count());
    std::unique_lock lock(mutex_, std::defer_lock);
    // Frames that depend on those before are converted in the order in which they are written.
    if (is_continuous_) lock.lock();
    if (Status status = convert(frames, values.get()); !status) return status;
    if (!lock) lock.lock();
    if (!open_) return make_error("closed-clip", "the clip is closed: " + path_);
    if (is_inherited()) return inherited();
    const std::span bytes(reinterpret_cast<const uint8_t*>(values.get()), count * row_size_);
    const uint64_t end = header_size_ + frames_ * row_size_;
    if (const SysStatus written = write_at(fd_.get(), bytes, end); !written) {
      // Of a batch that does not fit nothing is kept.
      [[maybe_unused]] const SysStatus cut = cut_at(fd_.get(), end);
      return unwritable(path_, written.error());
    }
    frames_ += count;
    if (is_continuous_) remember_last(values.get(), count, frames.valid);
    return Done{};
  }

  // What the next frame continues from unless there is something already: the clip's last one.
  Status continue_last() {
    if (!is_continuous_ || !last_.empty() || frames_ == 0) return Done{};
    last_.resize(rig_.channel_count());
    const std::span bytes(reinterpret_cast<uint8_t*>(last_.data()), row_size_);
    const SysStatus read = read_at(fd_.get(), bytes, header_size_ + (frames_ - 1) * row_size_);
    if (!read) return unreadable(path_, read.error());
    return Done{};
  }

  // Makes the header say how many frames there are.
  Status patch() {
    const std::string entry = matrix_entry(kClipFormat.tensor, frames_, rig_.channel_count());
    const SysStatus written = write_at(fd_.get(), as_span(entry), header_size_ - kMatrixEntrySize);
    if (!written) return unwritable(path_, written.error());
    return Done{};
  }

  Status close() {
    const std::lock_guard lock(mutex_);
    if (!open_) return Done{};
    open_ = false;
    // The descriptor is a copy then: the clip and its lock stay its maker's.
    if (is_inherited()) return Done{};
    Status patched = patch();
    unlock_file(fd_.get());
    const SysStatus closed = fd_.close();
    if (patched.ok() && !closed) return unwritable(path_, closed.error());
    return patched;
  }

  [[nodiscard]] uint64_t frame_count() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }

  [[nodiscard]] bool is_open() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }

 private:
  // A stream of its own for every batch: of one that fails, or is not written, nothing is kept.
  Status convert(const FramesToConvert& frames, float* values) {
    if (!is_continuous_) return frame_values(rig_, frames, values, nullptr);
    Result<Stream> stream = rig_.stream(last_.empty() ? nullptr : last_.data());
    if (!stream) return stream.errors();
    return frame_values(rig_, frames, values, &*stream);
  }

  // Whether this process is a child of the one that opened the clip, forked since.
  [[nodiscard]] bool is_inherited() const { return ::getpid() != owner_; }

  [[nodiscard]] Error inherited() const {
    return file_in_use(
        "cannot write: the process that this one was forked from writes this clip; begin another",
        path_);
  }

  void remember(const float* values) { last_.assign(values, values + rig_.channel_count()); }

  void remember_last(const float* values, std::size_t count, const uint8_t* valid) {
    while (count > 0 && valid != nullptr && valid[count - 1] == 0) --count;
    if (count > 0) remember(values + (count - 1) * rig_.channel_count());
  }

  // Constant after construction.
  const Rig rig_;
  const std::string path_;
  const uint64_t row_size_;     // bytes
  const uint64_t header_size_;  // bytes
  const bool is_continuous_;
  const pid_t owner_ = ::getpid();

  mutable std::mutex mutex_;
  // Protected by mutex_.
  UniqueFd fd_;
  uint64_t frames_;
  bool open_ = true;
  std::vector<float> last_;  // what the next frame continues from; empty: nothing
};

ClipWriter::ClipWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClipWriter::ClipWriter(ClipWriter&&) noexcept = default;
ClipWriter& ClipWriter::operator=(ClipWriter&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

ClipWriter::~ClipWriter() {
  if (impl_ != nullptr) [[maybe_unused]]
    const Status ignored = impl_->close();
}

Result<ClipWriter> ClipWriter::create(const std::string& path, const Rig& rig,
                                      const ClipTiming& timing, const Continuity& continuity) {
  // Before anything that is there is lost.
  const Result<std::string> header = clip_header(rig, 0, timing);
  if (!header) return header.errors();
  Result<UniqueFd> fd = open_for_one_writer(path);
  if (!fd) return fd.errors();
  return Impl::begin(*std::move(fd), *header, path, rig, continuity);
}

Result<ClipWriter> ClipWriter::append(const std::string& path, const Rig& rig,
                                      const ClipTiming& timing, const Continuity& continuity) {
  Result<UniqueFd> fd = open_for_one_writer(path);
  if (!fd) return fd.errors();
  const std::expected<struct stat, int> status = status_of(fd->get());
  if (status && status->st_size == 0) {
    const Result<std::string> header = clip_header(rig, 0, timing);
    if (!header) return header.errors();
    return Impl::begin(*std::move(fd), *header, path, rig, continuity);
  }
  Result<OpenMatrix> file = read_header(*std::move(fd), path);
  if (!file) return std::move(file).errors();
  const MatrixHeader& header = file->header;
  const Result<Clip> clip = parse_clip_schema(header);
  if (!clip) return in_file(clip.errors(), path);
  if (auto error = mismatch_of(header, *clip, rig, timing, path)) return std::move(*error);
  const std::expected<bool, int> is_ours = ends_with_entry(*file);
  if (!is_ours) return unreadable(path, is_ours.error());
  if (!*is_ours) {
    return in_file({make_error("malformed-file",
                               "another program has written its header, which has no place for "
                               "more frames; write its frames to a new clip")},
                   path);
  }
  const uint64_t row_size = header.columns * sizeof(float);
  const uint64_t frames = file->data_size() / row_size;
  if (const SysStatus cut = cut_at(file->fd.get(), header.size + frames * row_size); !cut) {
    return unwritable(path, cut.error());
  }
  auto impl =
      std::make_unique<Impl>(rig, path, std::move(file->fd), header.size, frames, continuity);
  if (Status read = impl->continue_last(); !read) return std::move(read).errors();
  if (Status patched = impl->patch(); !patched) return std::move(patched).errors();
  return ClipWriter(std::move(impl));
}

Status ClipWriter::write(const float* vec) { return impl_->write({vec}); }
Status ClipWriter::write_batch(const float* vecs, std::size_t count, uint8_t* valid) {
  return impl_->write({vecs, count, valid, true});
}
uint64_t ClipWriter::frame_count() const { return impl_->frame_count(); }
bool ClipWriter::is_open() const { return impl_->is_open(); }
Status ClipWriter::close() { return impl_->close(); }

}  // namespace rigjit
