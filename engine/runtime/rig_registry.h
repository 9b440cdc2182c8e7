// The rigs that this process has loaded lately, so that loading one again shares its code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "runtime/rig_core.h"
#include "runtime/spec_record.h"

namespace rigjit {

// What must agree for two loads to give the same rig.
struct LoadKey {
  Hash128 digest;          // of RecordKey: text and load options
  uint64_t text_size = 0;  // bytes
  std::string target;      // as asked; empty: the best
  std::string cache;       // Cache::location()
  friend bool operator==(const LoadKey&, const LoadKey&) = default;
};

// Thread-safe. Keeps the rigs last used, so that their code stays mapped.
class RigRegistry {
 public:
  static constexpr std::size_t kDefaultCapacity = 64;

  explicit RigRegistry(std::size_t capacity = kDefaultCapacity) : capacity_(capacity) {}
  // The process's own; never destroyed, since threads may outlive the end of main.
  [[nodiscard]] static RigRegistry& process();

  // Null if there is none.
  [[nodiscard]] std::shared_ptr<const RigCore> find(const LoadKey& key);
  // Keeps the core and forgets the one used longest ago if there are too many. Of two made at the
  // same time for one key the first stays.
  void insert(const LoadKey& key, std::shared_ptr<const RigCore> core);
  // Forgets all, and returns how many there were.
  std::size_t clear();
  [[nodiscard]] std::size_t size() const;

 private:
  using Entry = std::pair<LoadKey, std::shared_ptr<const RigCore>>;

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // protected by mutex_; the last one was used last
};

}  // namespace rigjit
