// The rigs that this process has loaded lately, so that loading one again shares its code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <latch>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/no_fork.h"
#include "cache/spec_record.h"
#include "rig/rig_core.h"

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
  static constexpr std::size_t kDefaultLimit = 64;

  explicit RigRegistry(std::size_t limit = kDefaultLimit) : limit_(limit) {}
  // The process's own, of $RIGJIT_LOADED_RIGS rigs; never destroyed, since threads may outlive the
  // end of main.
  [[nodiscard]] static RigRegistry& process();

  // Null if there is none.
  [[nodiscard]] std::shared_ptr<const RigCore> find(const LoadKey& key);
  // Keeps the core and forgets those used longest ago if there are too many. Of two made for one
  // key the first stays.
  void insert(const LoadKey& key, std::shared_ptr<const RigCore> core);
  // Forgets all, and returns how many there were.
  std::size_t clear();
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t limit() const;
  // Returns the limit before.
  std::size_t set_limit(std::size_t limit);

  // The right of one thread to load what the key stands for. Waits while another has it: what that
  // one has loaded is then to be found. No process forks meanwhile.
  class Turn {
   public:
    Turn(RigRegistry& registry, const LoadKey& key);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    RigRegistry& registry_;
    const LoadKey key_;
    std::optional<NoFork> no_fork_;
  };

 private:
  struct KeyHash {
    std::size_t operator()(const LoadKey& key) const noexcept { return key.digest.low; }
  };
  struct Entry {
    LoadKey key;
    std::shared_ptr<const RigCore> core;
  };
  using Entries = std::list<Entry>;

  // Takes out those used longest ago until at most `count` are left. Needs mutex_; let go of them
  // after it: unmapping code is no work for a critical section.
  [[nodiscard]] Entries take_beyond(std::size_t count);

  // Locked with a NoFork held.
  mutable std::mutex mutex_;
  // All below are protected by mutex_.
  std::size_t limit_;
  Entries entries_;  // the last one was used last
  std::unordered_map<LoadKey, Entries::iterator, KeyHash> places_;
  // What is being loaded now; the latch opens when that has ended.
  std::unordered_map<LoadKey, std::shared_ptr<std::latch>, KeyHash> loading_;
};

}  // namespace rigjit
