#include "rig/rig_registry.h"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "rigjit/loaded_rigs.h"

namespace rigjit {
namespace {

std::size_t limit_from_environment() {
  const char* const text = std::getenv("RIGJIT_LOADED_RIGS");
  if (text == nullptr || *text == '\0') return RigRegistry::kDefaultLimit;
  const std::string_view digits = text;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), limit);
  if (error == std::errc() && end == digits.end()) return limit;
  log_line("RIGJIT_LOADED_RIGS is no whole number: '" + std::string(digits) + "'");
  return RigRegistry::kDefaultLimit;
}

}  // namespace

RigRegistry& RigRegistry::process() {
  const NoFork no_fork;
  static RigRegistry& registry = *new RigRegistry(limit_from_environment());
  return registry;
}

std::shared_ptr<const RigCore> RigRegistry::find(const LoadKey& key) {
  const NoFork no_fork;
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  entries_.splice(entries_.end(), entries_, place->second);
  return place->second->core;
}

void RigRegistry::insert(const LoadKey& key, std::shared_ptr<const RigCore> core) {
  Entries forgotten;
  const NoFork no_fork;
  const std::lock_guard lock(mutex_);
  if (limit_ == 0 || places_.contains(key)) return;
  forgotten = take_beyond(limit_ - 1);
  entries_.push_back({key, std::move(core)});
  places_.emplace(key, std::prev(entries_.end()));
}

std::size_t RigRegistry::clear() {
  Entries forgotten;
  const NoFork no_fork;
  const std::lock_guard lock(mutex_);
  forgotten = take_beyond(0);
  return forgotten.size();
}

std::size_t RigRegistry::size() const {
  const NoFork no_fork;
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::size_t RigRegistry::limit() const {
  const NoFork no_fork;
  const std::lock_guard lock(mutex_);
  return limit_;
}

std::size_t RigRegistry::set_limit(std::size_t limit) {
  Entries forgotten;
  const NoFork no_fork;
  const std::lock_guard lock(mutex_);
  forgotten = take_beyond(limit);
  return std::exchange(limit_, limit);
}

RigRegistry::Entries RigRegistry::take_beyond(std::size_t count) {
  Entries taken;
  while (entries_.size() > count) {
    places_.erase(entries_.front().key);
    taken.splice(taken.end(), entries_, entries_.begin());
  }
  return taken;
}

RigRegistry::Turn::Turn(RigRegistry& registry, const LoadKey& key)
    : registry_(registry), key_(key) {
  const auto mine = std::make_shared<std::latch>(1);
  for (;;) {
    no_fork_.emplace();
    std::shared_ptr<std::latch> others;
    {
      const std::lock_guard lock(registry_.mutex_);
      const auto [place, is_mine] = registry_.loading_.emplace(key_, mine);
      if (is_mine) return;
      others = place->second;
    }
    no_fork_.reset();
    others->wait();
  }
}

RigRegistry::Turn::~Turn() {
  std::shared_ptr<std::latch> mine;
  const std::lock_guard lock(registry_.mutex_);
  const auto place = registry_.loading_.find(key_);
  mine = std::move(place->second);
  registry_.loading_.erase(place);
  mine->count_down();
}

std::size_t loaded_rigs_limit() { return RigRegistry::process().limit(); }
std::size_t set_loaded_rigs_limit(std::size_t limit) {
  return RigRegistry::process().set_limit(limit);
}
std::size_t forget_loaded_rigs() { return RigRegistry::process().clear(); }

}  // namespace rigjit
