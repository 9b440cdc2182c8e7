#include <mutex>
#include <span>
#include <string_view>
#include <utility>

#include "rigjit/clip.h"
#include "runtime/clip_schema.h"
#include "runtime/make_error.h"
#include "runtime/matrix_file.h"
#include "runtime/rig_mismatch.h"

namespace rigjit {
namespace {

std::span<const uint8_t> as_span(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

Error mismatch(std::string message, const std::string& path) {
  Error error = make_error("rig-mismatch", std::move(message));
  error.file = path;
  return error;
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

// Controller, attribute, and whatever says how a value is meant.
JsonTable meanings(const std::vector<Channel>& channels) {
  JsonTable table;
  table.reserve(channels.size());
  for (const Channel& channel : channels) {
    JsonRow& row =
        table.emplace_back(JsonRow{channel.controller, channel.attribute, to_string(channel.kind)});
    if (channel.rotate_order) row.emplace_back(to_string(*channel.rotate_order));
    if (channel.angle_unit) row.emplace_back(to_string(*channel.angle_unit));
    if (channel.type != ChannelType::kFloat) row.emplace_back(to_string(channel.type));
    row.insert(row.end(), channel.names.begin(), channel.names.end());
  }
  return table;
}

// Why frames of `rig` cannot follow those of a clip.
std::optional<Error> mismatch_of(const MatrixHeader& header, const Clip& clip, const Rig& rig,
                                 const ClipTiming& timing, const std::string& path) {
  const JsonTable table = meanings(clip.channels);
  const JsonTable wanted = meanings(rig.channels());
  if (clip.rig_hash != rig.hash() || table != wanted) {
    Error error =
        rig_mismatch(header.metadata, rig.name(), rig.hash(), "channels", table, wanted, 2);
    error.file = path;
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
  Impl(Rig rig, std::string path, UniqueFd fd, uint64_t header_size, uint64_t frames)
      : rig_(std::move(rig)),
        path_(std::move(path)),
        row_size_(rig_.channel_count() * sizeof(float)),
        header_size_(header_size),
        fd_(std::move(fd)),
        frames_(frames) {}

  Status write(const float* vecs, std::size_t count, uint8_t* valid) {
    const auto values = std::make_unique_for_overwrite<float[]>(count * rig_.channel_count());
    if (Status status = rig_.vec_to_values_batch(vecs, count, values.get(), valid); !status) {
      return status;
    }
    const std::lock_guard lock(mutex_);
    if (!open_) return make_error("closed-clip", "the clip is closed: " + path_);
    const std::span bytes(reinterpret_cast<const uint8_t*>(values.get()), count * row_size_);
    const uint64_t end = header_size_ + frames_ * row_size_;
    if (const SysStatus written = write_at(fd_.get(), bytes, end); !written) {
      // Of a batch that does not fit nothing is kept.
      [[maybe_unused]] const SysStatus cut = cut_at(fd_.get(), end);
      return unwritable(path_, written.error());
    }
    frames_ += count;
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
    Status patched = patch();
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
  // Constant after construction.
  const Rig rig_;
  const std::string path_;
  const uint64_t row_size_;     // bytes
  const uint64_t header_size_;  // bytes

  mutable std::mutex mutex_;
  // Protected by mutex_.
  UniqueFd fd_;
  uint64_t frames_;
  bool open_ = true;
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
                                      const ClipTiming& timing) {
  const Result<std::string> header = clip_header(rig, 0, timing);
  if (!header) return header.errors();
  std::expected<UniqueFd, int> fd = open_output(path.c_str());
  if (!fd) return unwritable(path, fd.error());
  if (const SysStatus cut = cut_at(fd->get(), 0); !cut) return unwritable(path, cut.error());
  if (const SysStatus written = write_at(fd->get(), as_span(*header), 0); !written) {
    return unwritable(path, written.error());
  }
  return ClipWriter(std::make_unique<Impl>(rig, path, std::move(*fd), header->size(), 0));
}

Result<ClipWriter> ClipWriter::append(const std::string& path, const Rig& rig,
                                      const ClipTiming& timing) {
  std::expected<UniqueFd, int> fd = open_output(path.c_str());
  if (!fd) return unwritable(path, fd.error());
  const std::expected<struct stat, int> status = status_of(fd->get());
  if (status && status->st_size == 0) return create(path, rig, timing);
  Result<OpenMatrix> file = read_header(std::move(*fd), path);
  if (!file) return std::move(file).errors();
  const MatrixHeader& header = file->header;
  const Result<Clip> clip = parse_clip_schema(header);
  if (!clip) return in_file(clip.errors(), path);
  if (auto error = mismatch_of(header, *clip, rig, timing, path)) return std::move(*error);
  const uint64_t row_size = header.columns * sizeof(float);
  const uint64_t frames = file->data_size() / row_size;
  if (const SysStatus cut = cut_at(file->fd.get(), header.size + frames * row_size); !cut) {
    return unwritable(path, cut.error());
  }
  auto impl = std::make_unique<Impl>(rig, path, std::move(file->fd), header.size, frames);
  if (Status patched = impl->patch(); !patched) return std::move(patched).errors();
  return ClipWriter(std::move(impl));
}

Status ClipWriter::write(const float* vecs, std::size_t count, uint8_t* valid) {
  return impl_->write(vecs, count, valid);
}
uint64_t ClipWriter::frame_count() const { return impl_->frame_count(); }
bool ClipWriter::is_open() const { return impl_->is_open(); }
Status ClipWriter::close() { return impl_->close(); }

}  // namespace rigjit
