// What a spec does to its base.
#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/suggest.h"
#include "spec/spec_layer.h"

namespace rigjit {
namespace {

using IndexByName = std::unordered_map<std::string_view, std::size_t>;

IndexByName index_of(const std::vector<ControllerSpec>& controllers) {
  IndexByName index;
  index.reserve(controllers.size());
  for (std::size_t i = 0; i < controllers.size(); ++i) index.emplace(controllers[i].name, i);
  return index;
}

// Looking for a name among many costs time; a spec with many such mistakes needs no more hints.
Report::Suggestion similar_name(const std::string& name,
                                const std::vector<ControllerSpec>& controllers,
                                std::size_t mistakes) {
  constexpr std::size_t kMaxControllers = 5000;
  constexpr std::size_t kMaxHints = 20;
  if (controllers.size() > kMaxControllers || mistakes >= kMaxHints) return std::nullopt;
  std::vector<std::string_view> names;
  names.reserve(controllers.size());
  for (const ControllerSpec& controller : controllers) names.emplace_back(controller.name);
  return nearest(name, names);
}

std::vector<bool> find_dropped(SpecLayer& layer, const std::vector<ControllerSpec>& controllers,
                               bool has_all_names) {
  std::vector<bool> dropped(controllers.size(), false);
  const IndexByName index = index_of(controllers);
  for (const Reference& name : layer.drop) {
    if (const auto found = index.find(name.text); found != index.end()) {
      dropped[found->second] = true;
    } else if (has_all_names) {
      layer.report.add("unknown-controller", name.place,
                       "the base has no controller " + quote(name.text) + " to drop",
                       similar_name(name.text, controllers, layer.report.count()));
    }
  }
  return dropped;
}

void drop_controllers(SpecLayer& layer, std::vector<ControllerSpec>& controllers,
                      bool has_all_names) {
  const std::vector<bool> dropped = find_dropped(layer, controllers, has_all_names);
  std::vector<ControllerSpec> kept;
  kept.reserve(controllers.size());
  for (std::size_t i = 0; i < controllers.size(); ++i) {
    if (!dropped[i]) kept.push_back(std::move(controllers[i]));
  }
  controllers = std::move(kept);
}

void add_controllers(std::vector<ControllerSpec>& controllers, std::vector<ControllerSpec> added) {
  // The views stay valid: strings of a vector that has room are not moved.
  controllers.reserve(controllers.size() + added.size());
  const IndexByName index = index_of(controllers);
  for (ControllerSpec& controller : added) {
    const auto found = index.find(controller.name);
    if (found == index.end()) {
      controllers.push_back(std::move(controller));
    } else {
      ControllerSpec& replaced = controllers[found->second];
      replaced.transformations = std::move(controller.transformations);
      replaced.span = controller.span;
      replaced.transformation_spans = std::move(controller.transformation_spans);
    }
  }
}

void merge_metadata(RigSpec& spec, std::vector<std::pair<std::string, std::string>> added) {
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < spec.metadata.size(); ++i) index.emplace(spec.metadata[i].first, i);
  for (auto& entry : added) {
    const auto [found, is_new] = index.emplace(entry.first, spec.metadata.size());
    if (is_new) {
      spec.metadata.push_back(std::move(entry));
    } else {
      spec.metadata[found->second].second = std::move(entry.second);
    }
  }
}

}  // namespace

void put_on_top(SpecLayer& layer, RigSpec& spec, bool has_all_names) {
  drop_controllers(layer, spec.controllers, has_all_names);
  add_controllers(spec.controllers, std::move(layer.spec.controllers));
  if (spec.controllers.empty() && has_all_names && layer.has_all_names && !layer.drop.empty()) {
    layer.report.add("empty-list", layer.drop.back().place,
                     "nothing is left of the base; a rig needs a controller");
  }
  merge_metadata(spec, std::move(layer.spec.metadata));
  if (!layer.spec.name.empty()) spec.name = std::move(layer.spec.name);
}

}  // namespace rigjit
