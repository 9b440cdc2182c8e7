// What was compiled before: code by what it means, and descriptions by the texts of the spec.
// A cache may only make things faster: every failure is a miss with a reason, never an error.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cache/cache_entry.h"
#include "cache/cache_location.h"
#include "cache/spec_record.h"
#include "code/code_image.h"
#include "code/loaded_code.h"

namespace rigjit {

// A sentence that says why something was not found or not kept; never empty.
using Reason = std::string;
using Reasons = std::vector<Reason>;

// Thread-safety: every method may be called from any thread at any time, and by other processes
// on the same directory.
class Cache {
 public:
  virtual ~Cache() = default;
  // Where it lies, for people and for telling caches apart; empty if nowhere.
  [[nodiscard]] virtual const std::string& location() const noexcept = 0;
  // `passed_over`: gets a reason for everything on the way that is there and not used, refused or
  // damaged, whether or not something is found elsewhere.
  [[nodiscard]] virtual std::expected<LoadedCode, Reason> find_code(
      const CodeKey& key, Reasons* passed_over = nullptr) const = 0;
  [[nodiscard]] virtual std::expected<void, Reason> store_code(const CodeKey& key,
                                                               const CodeImage& image) const = 0;
  [[nodiscard]] virtual std::expected<SpecRecord, Reason> find_record(
      const RecordKey& key, Reasons* passed_over = nullptr) const = 0;
  [[nodiscard]] virtual std::expected<void, Reason> store_record(
      const RecordKey& key, const SpecRecord& record) const = 0;
  // Why directories, or their records of specs, are passed over whatever they hold; empty: none
  // are. One that is not there is no matter.
  [[nodiscard]] virtual Reasons refusals() const { return {}; }
};

// Finds and keeps nothing, for one given reason.
class NullCache final : public Cache {
 public:
  explicit NullCache(Reason reason) : reason_(std::move(reason)) {}
  [[nodiscard]] const std::string& location() const noexcept override { return location_; }
  [[nodiscard]] std::expected<LoadedCode, Reason> find_code(
      const CodeKey& key, Reasons* passed_over = nullptr) const override;
  [[nodiscard]] std::expected<void, Reason> store_code(const CodeKey& key,
                                                       const CodeImage& image) const override;
  [[nodiscard]] std::expected<SpecRecord, Reason> find_record(
      const RecordKey& key, Reasons* passed_over = nullptr) const override;
  [[nodiscard]] std::expected<void, Reason> store_record(const RecordKey& key,
                                                         const SpecRecord& record) const override;

 private:
  // Constant after construction.
  const Reason reason_;
  const std::string location_;
};

// Files in one directory, which is made when something is first stored. It is opened anew for
// every call: a descriptor kept for hours would fall to daemons that close them all.
class DirectoryCache final : public Cache {
 public:
  // A size limit for directories that are only looked at: nothing in them is written, removed or
  // touched, not even what is found damaged.
  static constexpr uint64_t kReadOnly = 0;

  // `path`: absolute. `size_limit`: of all its files in bytes; a store that leads beyond it removes
  // those used longest ago, and never what it stored itself.
  explicit DirectoryCache(std::string path, uint64_t size_limit = kDefaultCacheSize)
      : path_(std::move(path)), size_limit_(size_limit) {}
  [[nodiscard]] const std::string& location() const noexcept override { return path_; }
  [[nodiscard]] std::expected<LoadedCode, Reason> find_code(
      const CodeKey& key, Reasons* passed_over = nullptr) const override;
  [[nodiscard]] std::expected<void, Reason> store_code(const CodeKey& key,
                                                       const CodeImage& image) const override;
  [[nodiscard]] std::expected<SpecRecord, Reason> find_record(
      const RecordKey& key, Reasons* passed_over = nullptr) const override;
  [[nodiscard]] std::expected<void, Reason> store_record(const RecordKey& key,
                                                         const SpecRecord& record) const override;
  [[nodiscard]] Reasons refusals() const override;

 private:
  template <typename Load>
  [[nodiscard]] auto find(const char* sub, const std::string& name, Reasons* passed_over,
                          Load load) const
      -> std::expected<typename decltype(load(0, uint64_t{}))::value_type, Reason>;
  std::expected<void, Reason> store(const char* sub, const std::string& name,
                                    std::span<const uint8_t> bytes) const;

  // Constant after construction.
  std::string path_;
  uint64_t size_limit_;
};

}  // namespace rigjit
