#include "collision/collision.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "input/numpy_array.h"
#include "input/spec_source.h"
#include "rigjit/collision.h"
#include "support/errors.h"
#include "support/late_import.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

using collision::Contact;
using collision::Hull;
using collision::Hulls;

// As rigjit/collision.py makes them: C order, aligned, of the shape that is said beside them.
using Doubles = py::array_t<double, py::array::c_style>;
using Floats = py::array_t<float, py::array::c_style>;
using Ints = py::array_t<int32_t, py::array::c_style>;
using Bools = py::array_t<bool, py::array::c_style>;

// What moves into an array, which then owns it.
template <typename Item, typename T>
py::array_t<Item> array_of(std::vector<T> items, py::ssize_t width) {
  auto kept = std::make_unique<std::vector<T>>(std::move(items));
  const auto* data = reinterpret_cast<const Item*>(kept->data());
  const auto count = static_cast<py::ssize_t>(kept->size());
  const py::capsule owner(kept.release(), [](void* p) { delete static_cast<std::vector<T>*>(p); });
  return py::array_t<Item>({count, width}, data, owner);
}

// A view of what a hull holds, which keeps the hull and cannot be written to.
template <typename Item, typename T>
py::array_t<Item> view_of(const std::vector<T>& items, const py::object& hull) {
  const auto count = static_cast<py::ssize_t>(items.size());
  py::array_t<Item> view({count, py::ssize_t{3}}, reinterpret_cast<const Item*>(items.data()),
                         hull);
  view.attr("setflags")(py::arg("write") = false);
  return view;
}

// transforms: (n, hulls, rows, 4), float32 or float64.
collision::Transforms transforms_of(const py::array& transforms) {
  collision::Transforms result;
  if (py::isinstance<py::array_t<double>>(transforms)) {
    result.doubles = static_cast<const double*>(transforms.data());
  } else {
    result.floats = static_cast<const float*>(transforms.data());
  }
  result.frames = static_cast<std::size_t>(transforms.shape(0));
  result.rows = static_cast<int>(transforms.shape(2));
  return result;
}

// pairs: (m, 2)
const collision::Pair* pairs_of(const Ints& pairs) {
  return reinterpret_cast<const collision::Pair*>(pairs.data());
}

uint8_t* bytes_of(std::optional<Bools>& mask) {
  return mask ? reinterpret_cast<uint8_t*>(mask->mutable_data()) : nullptr;
}

Hull make_hull(const Doubles& points) {
  const double* data = points.data();
  const auto count = static_cast<std::size_t>(points.shape(0));
  return value_or_throw([&] {
    const WithoutGil release;
    return Hull::make(data, count);
  }());
}

// poses: (rows, 4), or None
double distance_of_pair(const Hull& a, const Hull& b, const std::optional<Doubles>& pose_a,
                        const std::optional<Doubles>& pose_b) {
  const Doubles* any = pose_a ? &*pose_a : pose_b ? &*pose_b : nullptr;
  return value_or_throw(collision::signed_distance(
      a, b, pose_a ? pose_a->data() : nullptr, pose_b ? pose_b->data() : nullptr,
      any != nullptr ? static_cast<int>(any->shape(0)) : 4));
}

// Each of `given` is a Hull or (k, 3) points.
Hulls make_hulls(const std::vector<std::string>& names, const py::list& given) {
  std::vector<collision::NamedPoints> clouds;
  std::vector<std::pair<std::string, std::optional<Hull>>> hulls;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const py::handle one = given[i];
    if (py::isinstance<Hull>(one)) {
      hulls.emplace_back(names[i], one.cast<Hull>());
      continue;
    }
    const auto points = one.cast<Doubles>();
    clouds.push_back({names[i], points.data(), static_cast<std::size_t>(points.shape(0))});
    hulls.emplace_back(names[i], std::nullopt);
  }
  std::optional<Hulls> made;
  if (!clouds.empty()) {
    made = value_or_throw([&] {
      const WithoutGil release;
      return Hulls::make(clouds);
    }());
  }
  std::vector<std::pair<std::string, Hull>> all;
  std::size_t next = 0;
  for (auto& [name, hull] : hulls) all.emplace_back(name, hull ? *hull : (*made)[next++]);
  return value_or_throw(Hulls::of(std::move(all)));
}

Hulls load_hulls(const py::object& path) {
  const std::string name = file_name(path);
  return value_or_throw([&] {
    const WithoutGil release;
    return Hulls::load(name);
  }());
}

void save_hulls(const Hulls& self, const py::object& path) {
  const std::string name = file_name(path);
  value_or_throw([&] {
    const WithoutGil release;
    return self.save(name);
  }());
}

// ((m, 2) int32, [(name, name, why)])
py::tuple pairs_at_rest(const Hulls& self, const py::array& rest,
                        const std::optional<Ints>& parents, double slack) {
  const collision::Transforms transforms = transforms_of(rest);
  const int32_t* indices = parents ? parents->data() : nullptr;
  collision::PairList list = value_or_throw([&] {
    const WithoutGil release;
    return self.pairs(transforms, indices, slack);
  }());
  py::list ignored;
  for (const auto& [pair, why] : list.ignored) {
    ignored.append(py::make_tuple(self.names()[static_cast<std::size_t>(pair[0])],
                                  self.names()[static_cast<std::size_t>(pair[1])], why));
  }
  return py::make_tuple(array_of<int32_t>(std::move(list.pairs), 2), ignored);
}

// out: (n, m); mask: None or (n,)
void distances(const Hulls& self, const py::array& transforms, const Ints& pairs,
               float max_distance, Floats out, std::optional<Bools> mask, unsigned threads) {
  collision::DistanceOptions options;
  options.max_distance = max_distance;
  options.threads = threads;
  options.valid = bytes_of(mask);
  const collision::Transforms where = transforms_of(transforms);
  const auto count = static_cast<std::size_t>(pairs.shape(0));
  float* floats = out.mutable_data();
  value_or_throw([&] {
    const WithoutGil release;
    return self.signed_distance(where, pairs_of(pairs), count, options, floats);
  }());
}

// (contacts, sizeof(Contact)) bytes. depths: (1,) or (m,)
py::array_t<uint8_t> contacts(const Hulls& self, const py::array& transforms, const Ints& pairs,
                              float max_distance, const Floats& depths, std::optional<Bools> mask,
                              unsigned threads) {
  collision::ContactOptions options;
  options.max_distance = max_distance;
  options.depths = depths.data();
  options.depth_count = static_cast<std::size_t>(depths.size());
  options.threads = threads;
  options.valid = bytes_of(mask);
  const collision::Transforms where = transforms_of(transforms);
  const auto count = static_cast<std::size_t>(pairs.shape(0));
  auto found = std::make_unique<collision::ContactList>(value_or_throw([&] {
    const WithoutGil release;
    return self.contacts(where, pairs_of(pairs), count, options);
  }()));
  const auto* data = reinterpret_cast<const uint8_t*>(found->data());
  const auto size = static_cast<py::ssize_t>(found->size());
  const py::capsule owner(found.release(),
                          [](void* p) { delete static_cast<collision::ContactList*>(p); });
  return py::array_t<uint8_t>({size, py::ssize_t{sizeof(Contact)}}, data, owner);
}

py::module_ make_module() {
  import_numpy();
  auto module = py::reinterpret_steal<py::module_>(PyModule_New("rigjit._rigjit._collision"));
  py::class_<Hull>(module, "Hull", py::is_final())
      .def_property_readonly("vertices",
                             [](const py::object& self) {
                               return view_of<double>(self.cast<const Hull&>().vertices(), self);
                             })
      .def_property_readonly("faces",
                             [](const py::object& self) {
                               return view_of<int32_t>(self.cast<const Hull&>().faces(), self);
                             })
      .def_property_readonly("thickness", &Hull::thickness)
      .def_property_readonly("size", &Hull::size);
  py::class_<Hulls>(module, "Hulls", py::is_final())
      .def_property_readonly("names", &Hulls::names)
      .def("__len__", &Hulls::size)
      .def("hull", [](const Hulls& self, std::size_t i) { return self[i]; })
      .def("save", &save_hulls)
      .def("pairs", &pairs_at_rest)
      .def("signed_distance", &distances)
      .def("contacts", &contacts);
  module.def("make_hull", &make_hull);
  module.def("make_hulls", &make_hulls);
  module.def("load_hulls", &load_hulls);
  module.def("signed_distance", &distance_of_pair);
  return module;
}

}  // namespace

void bind_collision(py::module_& module) {
  module.def("_collision", [] {
    const LateImports held;  // also keeps a second thread from making the types twice
    static py::handle made;
    if (!made) made = make_module().release();
    return py::reinterpret_borrow<py::object>(made);
  });
}

}  // namespace rigjit::python
