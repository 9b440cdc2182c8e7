// The hulls of a character, and what is asked of them.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/default_float_env.h"
#include "collision/batch.h"
#include "collision/error_text.h"
#include "collision/hull_data.h"
#include "collision/kernels.h"
#include "collision/pair_check.h"
#include "collision/point_cloud.h"
#include "collision/transforms.h"

namespace rigjit::collision {
namespace {

template <typename Named>
void check_names(const std::vector<Named>& named, const std::string& (*name_of)(const Named&),
                 ErrorList& errors) {
  if (named.empty()) errors.add(make_error("no-hulls", "there is no hull"));
  std::unordered_set<std::string_view> seen;
  for (const Named& one : named) {
    if (seen.insert(name_of(one)).second) continue;
    Error error = make_error("duplicate-name", "two hulls are called " + quoted(name_of(one)));
    error.path = name_of(one);
    errors.add(std::move(error));
  }
}

std::shared_ptr<const HullsData> make_hulls_data(std::vector<std::string> names,
                                                 std::vector<Hull> hulls) {
  auto data = std::make_shared<HullsData>();
  data->names = std::move(names);
  data->hulls = std::move(hulls);
  for (std::size_t i = 0; i < data->names.size(); ++i) data->places[data->names[i]] = i;
  return data;
}

void check_frames(const Transforms& transforms, ErrorList& errors) {
  // A contact's frame is an int32.
  if (transforms.frames > INT32_MAX || transforms.first_frame > INT32_MAX - transforms.frames) {
    errors.add(make_error("too-many-frames", "frames are numbered up to 2147483647"));
  }
}

}  // namespace

Result<Hulls> Hulls::make(const std::vector<NamedPoints>& clouds) {
  const DefaultFloatEnv float_env;
  ErrorList errors;
  check_names<NamedPoints>(
      clouds, [](const NamedPoints& c) -> const std::string& { return c.name; }, errors);
  std::vector<std::string> names;
  std::vector<Hull> hulls;
  for (const NamedPoints& cloud : clouds) {
    Result<std::shared_ptr<const HullData>> made =
        hull_of_points(cloud.points, cloud.count, cloud.name);
    if (!made) {
      for (const Error& error : made.errors()) errors.add(error);
      continue;
    }
    names.push_back(cloud.name);
    hulls.push_back(Hull(std::move(made).value()));
  }
  if (!errors.is_empty()) return std::move(errors).take();
  return Hulls(make_hulls_data(std::move(names), std::move(hulls)));
}

Result<Hulls> Hulls::of(std::vector<std::pair<std::string, Hull>> named) {
  using Named = std::pair<std::string, Hull>;
  ErrorList errors;
  check_names<Named>(
      named, [](const Named& one) -> const std::string& { return one.first; }, errors);
  if (!errors.is_empty()) return std::move(errors).take();
  std::vector<std::string> names;
  std::vector<Hull> hulls;
  for (auto& [name, hull] : named) {
    names.push_back(std::move(name));
    hulls.push_back(std::move(hull));
  }
  return Hulls(make_hulls_data(std::move(names), std::move(hulls)));
}

std::size_t Hulls::size() const noexcept { return data_->hulls.size(); }
const std::vector<std::string>& Hulls::names() const noexcept { return data_->names; }
const Hull& Hulls::operator[](std::size_t i) const noexcept { return data_->hulls[i]; }

const Hull* Hulls::find(const std::string& name) const noexcept {
  const auto found = data_->places.find(name);
  return found == data_->places.end() ? nullptr : &data_->hulls[found->second];
}

Status Hulls::signed_distance(const Transforms& transforms, const Pair* pairs,
                              std::size_t pair_count, const DistanceOptions& options,
                              float* out) const {
  const DefaultFloatEnv float_env;
  ErrorList errors;
  check_frames(transforms, errors);
  check_pairs(pairs, pair_count, *data_, errors);
  check_max_distance(options.max_distance, errors);
  if (options.valid != nullptr) std::fill_n(options.valid, transforms.frames, uint8_t{1});
  check_transforms(transforms, *data_, options.valid, errors);
  if (!errors.is_empty()) return std::move(errors).take();
  const Batch batch{*data_,          default_kernel(), transforms,
                    pairs,           pair_count,       options.max_distance,
                    options.threads, options.valid,    nullptr};
  solve_distances(batch, out, errors);
  if (!errors.is_empty()) return std::move(errors).take();
  return Done{};
}

Result<ContactList> Hulls::contacts(const Transforms& transforms, const Pair* pairs,
                                    std::size_t pair_count, const ContactOptions& options) const {
  const DefaultFloatEnv float_env;
  ErrorList errors;
  check_frames(transforms, errors);
  check_pairs(pairs, pair_count, *data_, errors);
  check_max_distance(options.max_distance, errors);
  check_depths(options, pair_count, errors);
  if (options.valid != nullptr) std::fill_n(options.valid, transforms.frames, uint8_t{1});
  check_transforms(transforms, *data_, options.valid, errors);
  if (!errors.is_empty()) return std::move(errors).take();
  std::vector<float> depths;
  if (options.depth_count > 0) {
    depths.assign(pair_count, options.depths[0]);
    if (options.depth_count > 1) depths.assign(options.depths, options.depths + pair_count);
  }
  const Batch batch{*data_,          default_kernel(), transforms,
                    pairs,           pair_count,       options.max_distance,
                    options.threads, options.valid,    depths.empty() ? nullptr : depths.data()};
  ContactList contacts = find_contacts(batch, errors);
  if (!errors.is_empty()) return std::move(errors).take();
  return contacts;
}

}  // namespace rigjit::collision
