#include "cache/cache.h"

#include "cache/cache_dir.h"
#include "cache/cache_eviction.h"
#include "cache/code_header.h"
#include "cache/publish.h"

namespace rigjit {
std::expected<LoadedCode, Reason> NullCache::find_code(const CodeKey&, Reasons*) const {
  return std::unexpected(reason_);
}

std::expected<void, Reason> NullCache::store_code(const CodeKey&, const CodeImage&) const {
  return std::unexpected(reason_);
}

std::expected<SpecRecord, Reason> NullCache::find_record(const RecordKey&, Reasons*) const {
  return std::unexpected(reason_);
}

std::expected<void, Reason> NullCache::store_record(const RecordKey&, const SpecRecord&) const {
  return std::unexpected(reason_);
}

// What load(fd, size) makes of a file of the cache. Bad content is removed, so that it is not
// judged again; a file that could not be read is left alone.
template <typename Load>
auto DirectoryCache::find(const char* sub, const std::string& name, Reasons* passed_over,
                          Load load) const
    -> std::expected<typename decltype(load(0, uint64_t{}))::value_type, Reason> {
  const auto miss = [&](Reason reason, bool is_missing) {
    if (passed_over != nullptr && !is_missing) passed_over->push_back(reason);
    return std::unexpected(std::move(reason));
  };
  const std::string place = path_of(path_, sub);
  const std::expected<UniqueFd, std::string> directory = open_cache_dir(path_, sub);
  if (!directory) return miss(directory.error(), is_missing(place.c_str()));
  const auto cannot_use = [&](const FileFault& fault) {
    return miss("cannot use " + place + "/" + name + ": " + fault.reason, fault.missing);
  };
  const std::expected<TrustedFile, FileFault> file = open_cache_file(directory->get(), name);
  if (!file) return cannot_use(file.error());
  auto loaded = load(file->fd.get(), static_cast<uint64_t>(file->status.st_size));
  if (loaded) {
    if (size_limit_ != kReadOnly) touch(file->fd.get(), file->status);
    return std::move(*loaded);
  }
  if (loaded.error().bad_content && size_limit_ != kReadOnly) {
    remove_bad_file(directory->get(), name, *file);
  }
  return cannot_use(loaded.error());
}

std::expected<void, Reason> DirectoryCache::store(const char* sub, const std::string& name,
                                                  std::span<const uint8_t> bytes) const {
  if (size_limit_ == kReadOnly) return std::unexpected(path_ + " is only read from");
  {
    const std::expected<UniqueFd, std::string> directory = make_cache_dir(path_, sub);
    if (!directory) return std::unexpected(directory.error());
    const std::expected<void, std::string> published = publish(directory->get(), name, bytes);
    if (!published) return std::unexpected("cannot store in " + path_ + ": " + published.error());
  }
  keep_within(path_, size_limit_, name, bytes.size());
  return {};
}

std::expected<LoadedCode, Reason> DirectoryCache::find_code(const CodeKey& key,
                                                            Reasons* passed_over) const {
  return find(nullptr, key.file_name(), passed_over,
              [&](int fd, uint64_t size) { return load_code_file(fd, size, key); });
}

std::expected<void, Reason> DirectoryCache::store_code(const CodeKey& key,
                                                       const CodeImage& image) const {
  if (image.bytes.size() > kMaxImageSize) return std::unexpected("the code is too long to keep");
  return store(nullptr, key.file_name(), encode_code_file(key, image));
}

std::expected<SpecRecord, Reason> DirectoryCache::find_record(const RecordKey& key,
                                                              Reasons* passed_over) const {
  return find(kSpecDirectory, key.file_name(), passed_over,
              [&](int fd, uint64_t size) { return load_record_file(fd, size, &key); });
}

std::expected<void, Reason> DirectoryCache::store_record(const RecordKey& key,
                                                         const SpecRecord& record) const {
  const std::vector<uint8_t> bytes = encode_record_file(key, record);
  if (bytes.size() > kMaxRecordSize) return std::unexpected("the rig's description is too long");
  return store(kSpecDirectory, key.file_name(), bytes);
}

Reasons DirectoryCache::refusals() const {
  for (const char* sub : {static_cast<const char*>(nullptr), kSpecDirectory}) {
    const std::expected<UniqueFd, std::string> directory = open_cache_dir(path_, sub);
    if (!directory && !is_missing(path_of(path_, sub).c_str())) return {directory.error()};
  }
  return {};
}

}  // namespace rigjit
