#include "cache/cache_listing.h"

#include <algorithm>
#include <ctime>

#include "cache/cache_dir.h"
#include "cache/cache_eviction.h"
#include "cache/cache_file_kind.h"
#include "cache/cache_location.h"
#include "cache/spec_record.h"
#include "code/build_id.h"
#include "codegen/link/compile.h"

namespace rigjit {
namespace {

using Kind = CacheEntry::Kind;

// Why this build would not use code of this key, whatever its rig.
std::string stale(const CodeKey& key) {
  CodeKey current = key;
  current.kernel_abi = kKernelAbi;
  current.engine_build = engine_build();
  current.llvm_version = llvm_version();
  const std::string difference = key.difference(current);
  return difference.empty() ? difference : "made by another build: " + difference;
}

void describe_code(const TrustedFile& file, const std::string& name, bool verify,
                   CacheEntry& entry) {
  const int fd = file.fd.get();
  const std::expected<CodeKey, FileFault> key =
      verify ? verify_code_file(fd, entry.size_bytes) : read_code_key(fd, entry.size_bytes);
  if (!key) {
    entry.problem = key.error().reason;
    return;
  }
  entry.rig_hash = key->rig_hash.to_hex();
  entry.program = to_string(key->program);
  entry.target = target_of(key->target).name;
  entry.llvm_version = key->llvm_version;
  entry.problem = stale(*key);
  if (entry.problem.empty() && name != key->file_name()) {
    entry.problem = "its name is not that of its content";
  }
}

// A record is small enough to be read and checked whole every time.
void describe_spec(const TrustedFile& file, CacheEntry& entry) {
  const std::expected<SpecRecord, FileFault> record =
      load_record_file(file.fd.get(), entry.size_bytes, nullptr);
  if (!record) {
    entry.problem = record.error().reason;
    return;
  }
  const auto* description = std::get_if<RigDescription>(&*record);
  if (description == nullptr) return;
  entry.rig_hash = description->rig_hash.to_hex();
  entry.rig_name = description->name;
}

// Asks the directory, or where it is still to be made the nearest parent that exists.
std::string why_unwritable(std::string path) {
  while (path.size() > 1 && is_missing(path.c_str())) {
    path.resize(std::max<std::size_t>(path.rfind('/'), 1));
  }
  const SysStatus status = may_make_files_in(path.c_str());
  return status ? "" : "cannot write to " + path + ": " + errno_text(status.error());
}

void describe_writing(CacheListing& listing) {
  listing.unwritable = why_unwritable(listing.directory);
  CacheSizeLimit limit = cache_size_limit();
  if (limit.bytes != kUnlimitedCacheSize) listing.size_limit = limit.bytes;
  listing.size_limit_problem = std::move(limit.problem);
}

std::vector<CacheListing> look(const std::optional<std::string>& asked, bool verify) {
  std::vector<CacheListing> listings = locate_cache(asked);
  for (CacheListing& listing : listings) {
    if (!listing.unusable.empty()) continue;
    if (!listing.read_only) describe_writing(listing);
    visit_cache_files(listing, [&](int directory, const std::string& path, const std::string& name,
                                   bool in_specs) {
      if (kind_of(name, in_specs) == Kind::kTally) return;
      listing.entries.push_back(describe_cache_file(directory, path, name, in_specs, verify));
    });
  }
  return listings;
}

}  // namespace

const char* to_string(CacheEntry::Kind kind) noexcept {
  switch (kind) {
    case Kind::kCode:
      return "code";
    case Kind::kSpec:
      return "spec";
    case Kind::kTemporary:
      return "temporary";
    case Kind::kTally:
      return "tally";
    case Kind::kUnknown:
      return "unknown";
  }
  return "";
}

std::vector<CacheListing> locate_cache(const std::optional<std::string>& asked) {
  const std::expected<std::vector<std::string>, std::string> paths = cache_directories(asked);
  std::vector<CacheListing> listings(paths ? paths->size() : 1);
  if (!paths) {
    listings.front().unusable = paths.error();
    return listings;
  }
  for (std::size_t i = 0; i < listings.size(); ++i) {
    listings[i].directory = (*paths)[i];
    listings[i].read_only = i + 1 < listings.size();
  }
  return listings;
}

void visit_cache_files(CacheListing& listing, const VisitCacheFile& visit) {
  for (const char* sub : {static_cast<const char*>(nullptr), kSpecDirectory}) {
    const std::string path = path_of(listing.directory, sub);
    if (is_missing(path.c_str())) continue;
    const std::expected<UniqueFd, std::string> directory = open_cache_dir(listing.directory, sub);
    std::string& unusable = sub == nullptr ? listing.unusable : listing.unusable_specs;
    if (!directory) {
      unusable = directory.error();
      return;
    }
    const std::expected<std::vector<std::string>, int> names = names_in(directory->get());
    if (!names) {
      unusable = "cannot list " + path + ": " + errno_text(names.error());
      return;
    }
    for (const std::string& name : *names) {
      if (sub == nullptr && name == kSpecDirectory) continue;
      visit(directory->get(), path, name, sub != nullptr);
    }
  }
}

CacheEntry describe_cache_file(int directory, const std::string& path, const std::string& name,
                               bool in_specs, bool verify) {
  CacheEntry entry;
  entry.path = path + "/" + name;
  entry.kind = kind_of(name, in_specs);
  if (const std::expected<struct stat, int> status = status_at(directory, name.c_str())) {
    entry.size_bytes = static_cast<uint64_t>(status->st_size);
    entry.age_s = seconds_since(status->st_mtim.tv_sec);
    entry.unused_s = seconds_unused(*status);
  }
  if (entry.kind != Kind::kCode && entry.kind != Kind::kSpec) return entry;
  const std::expected<TrustedFile, FileFault> file = open_cache_file(directory, name);
  if (!file) {
    entry.problem = file.error().reason;
    return entry;
  }
  entry.size_bytes = static_cast<uint64_t>(file->status.st_size);
  if (entry.kind == Kind::kCode) {
    describe_code(*file, name, verify, entry);
  } else {
    describe_spec(*file, entry);
  }
  return entry;
}

std::vector<CacheListing> list_cache(const std::optional<std::string>& directories) {
  return look(directories, false);
}

std::vector<CacheListing> verify_cache(const std::optional<std::string>& directories) {
  return look(directories, true);
}

}  // namespace rigjit
