#include "module/channel.h"

#include <optional>
#include <string>

namespace py = pybind11;

namespace rigjit::python {
namespace {

// In the order of the fields below. The tuple has two elements; all others are attributes alone.
enum Field : Py_ssize_t {
  kController,
  kAttribute,
  kType,
  kNames,
  kTransformation,
  kRotateOrder,
  kAngleUnit,
};
constexpr int kPair = 2;

PyStructSequence_Field fields[] = {
    {"controller", "Its controller's name, namespace included."},
    {"attribute", "As Maya names it: 'translateX', or an attribute's own name."},
    {"type", "'float', 'bool', 'int' or 'enum'."},
    {"names", "Of an enum the names of its values, by index: a tuple; () for other types."},
    {"transformation", "What it comes from: 'translation', 'rotation3d', ..., 'constant'."},
    {"rotate_order", "Of the three angles of a rotation3d, 'zxy', as in Maya; else None."},
    {"angle_unit", "Of an angle of a rotation, 'degrees' or 'radians'; else None."},
    {nullptr, nullptr}};

PyStructSequence_Desc description = {"rigjit.Channel",
                                     "One output value: the pair (controller, attribute), which it "
                                     "compares, hashes and unpacks as,\n"
                                     "and what its value is, as attributes.",
                                     fields, kPair};

PyTypeObject* channel_type = nullptr;  // made with the module, lives as long as the process

// The few words of the spec, each made once.
class Words {
 public:
  py::object operator[](const char* word) {
    const py::str key(word);
    return py::reinterpret_borrow<py::object>(words_.attr("setdefault")(key, key));
  }
  template <typename T>
  py::object operator[](const std::optional<T>& value) {
    return value ? (*this)[to_string(*value)] : py::object(py::none());
  }

 private:
  py::dict words_;
};

py::tuple names_of(const Channel& channel) {
  py::tuple names(channel.names.size());
  for (std::size_t i = 0; i < channel.names.size(); ++i) {
    names[i] = py::str(channel.names[i]);
  }
  return names;
}

}  // namespace

void bind_channel(py::module_& module) {
  channel_type = PyStructSequence_NewType(&description);
  if (channel_type == nullptr) {
    throw py::error_already_set();
  }
  module.attr("Channel") = py::handle(reinterpret_cast<PyObject*>(channel_type));
}

py::list make_channels(const std::vector<Channel>& channels) {
  py::list list;
  Words words;
  py::str controller;
  const std::string* last = nullptr;
  for (const Channel& channel : channels) {
    if (last == nullptr || *last != channel.controller) {
      controller = py::str(channel.controller);
      last = &channel.controller;
    }
    const auto made = py::reinterpret_steal<py::object>(PyStructSequence_New(channel_type));
    if (!made) {
      throw py::error_already_set();
    }
    const auto set = [&](Field field, py::object value) {
      PyStructSequence_SetItem(made.ptr(), field, value.release().ptr());
    };
    set(kController, controller);
    set(kAttribute, py::str(channel.attribute));
    set(kType, words[to_string(channel.type)]);
    set(kNames, names_of(channel));
    set(kTransformation, words[to_string(channel.kind)]);
    set(kRotateOrder, words[channel.rotate_order]);
    set(kAngleUnit, words[channel.angle_unit]);
    list.append(made);
  }
  return list;
}

}  // namespace rigjit::python
