// What was compiled before: code by what it means, and descriptions by the texts of the spec.
// A cache may only make things faster: every failure is a miss with a reason, never an error.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "codegen/code_image.h"
#include "runtime/cache_entry.h"
#include "runtime/loaded_code.h"
#include "runtime/spec_record.h"

namespace rigjit {

// A sentence that says why something was not found or not kept; never empty.
using Reason = std::string;

// Thread-safety: every method may be called from any thread at any time, and by other processes
// on the same directory.
class Cache {
 public:
  virtual ~Cache() = default;
  // Where it lies, for people and for telling caches apart; empty if nowhere.
  [[nodiscard]] virtual const std::string& location() const noexcept = 0;
  [[nodiscard]] virtual std::expected<LoadedCode, Reason> find_code(const CodeKey& key) const = 0;
  virtual std::expected<void, Reason> store_code(const CodeKey& key,
                                                 const CodeImage& image) const = 0;
  [[nodiscard]] virtual std::expected<SpecRecord, Reason> find_record(
      const RecordKey& key) const = 0;
  virtual std::expected<void, Reason> store_record(const RecordKey& key,
                                                   const SpecRecord& record) const = 0;
};

// Finds and keeps nothing, for one given reason.
class NullCache final : public Cache {
 public:
  explicit NullCache(Reason reason) : reason_(std::move(reason)) {}
  [[nodiscard]] const std::string& location() const noexcept override { return location_; }
  [[nodiscard]] std::expected<LoadedCode, Reason> find_code(const CodeKey& key) const override;
  std::expected<void, Reason> store_code(const CodeKey& key, const CodeImage& image) const override;
  [[nodiscard]] std::expected<SpecRecord, Reason> find_record(const RecordKey& key) const override;
  std::expected<void, Reason> store_record(const RecordKey& key,
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
  // `path`: absolute.
  explicit DirectoryCache(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] const std::string& location() const noexcept override { return path_; }
  [[nodiscard]] std::expected<LoadedCode, Reason> find_code(const CodeKey& key) const override;
  std::expected<void, Reason> store_code(const CodeKey& key, const CodeImage& image) const override;
  [[nodiscard]] std::expected<SpecRecord, Reason> find_record(const RecordKey& key) const override;
  std::expected<void, Reason> store_record(const RecordKey& key,
                                           const SpecRecord& record) const override;

 private:
  // Constant after construction.
  const std::string path_;
};

// A DirectoryCache at cache_location(asked), or a NullCache where there is none.
[[nodiscard]] std::shared_ptr<const Cache> open_cache(const std::optional<std::string>& asked);

}  // namespace rigjit
