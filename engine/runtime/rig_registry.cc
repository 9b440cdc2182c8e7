#include "runtime/rig_registry.h"

#include <algorithm>

namespace rigjit {

RigRegistry& RigRegistry::process() {
  static RigRegistry& registry = *new RigRegistry();
  return registry;
}

std::shared_ptr<const RigCore> RigRegistry::find(const LoadKey& key) {
  const std::lock_guard lock(mutex_);
  const auto entry = std::ranges::find(entries_, key, &Entry::first);
  if (entry == entries_.end()) return nullptr;
  std::rotate(entry, entry + 1, entries_.end());
  return entries_.back().second;
}

void RigRegistry::insert(const LoadKey& key, std::shared_ptr<const RigCore> core) {
  // Outlives the lock: unmapping code is no work for a critical section.
  std::shared_ptr<const RigCore> forgotten;
  const std::lock_guard lock(mutex_);
  if (capacity_ == 0 || std::ranges::find(entries_, key, &Entry::first) != entries_.end()) return;
  if (entries_.size() == capacity_) {
    forgotten = std::move(entries_.front().second);
    entries_.erase(entries_.begin());
  }
  entries_.emplace_back(key, std::move(core));
}

std::size_t RigRegistry::clear() {
  std::vector<Entry> forgotten;
  const std::lock_guard lock(mutex_);
  forgotten.swap(entries_);
  return forgotten.size();
}

std::size_t RigRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace rigjit
