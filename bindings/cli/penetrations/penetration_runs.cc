#include "penetrations/penetration_runs.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace rigjit::cli {

void PenetrationRuns::add(const collision::ContactList& contacts) {
  for (const collision::Contact& contact : contacts) {
    if (contact.distance >= 0) continue;  // they touch
    const auto [found, is_new] = running_.try_emplace(contact.pair);
    PenetrationRun& run = found->second;
    if (!is_new && contact.frame > run.last + 1) ended_.push_back(std::exchange(run, {}));
    if (run.depths.empty()) {
      run.first = contact.frame;
      run.deepest = contact;
    } else if (contact.distance < run.deepest.distance) {
      run.deepest = contact;
    }
    run.last = contact.frame;
    run.depths.push_back(0 - contact.distance);
  }
}

std::vector<PenetrationRun> PenetrationRuns::worst_first() && {
  for (auto& [pair, run] : running_) ended_.push_back(std::move(run));
  std::ranges::sort(ended_, {}, [](const PenetrationRun& run) {
    return std::tuple(run.deepest.distance, run.deepest.frame, run.deepest.pair);
  });
  return std::move(ended_);
}

}  // namespace rigjit::cli
