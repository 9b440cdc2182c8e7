#include "input/dlpack_tensor.h"

#include <pybind11/critical_section.h>
#include <pybind11/gil_safe_call_once.h>

#include <cstdint>
#include <mutex>
#include <utility>

namespace py = pybind11;

namespace rigjit::python {
namespace {

// As in dlpack.h 1.3, https://dmlc.github.io/dlpack/latest/c_api.html
struct DLTensor {
  void* data;
  int32_t device_type;
  int32_t device_id;
  int32_t ndim;
  uint8_t dtype_code;
  uint8_t dtype_bits;
  uint16_t dtype_lanes;
  int64_t* shape;
  int64_t* strides;  // in elements; may be null: C order
  uint64_t byte_offset;
};
static_assert(sizeof(DLTensor) == 48);

struct ExchangeApi {
  uint32_t major_version;
  uint32_t minor_version;
  const ExchangeApi* previous;
  void* managed_tensor_allocator;
  void* managed_tensor_from_py_object_no_sync;
  void* managed_tensor_to_py_object_no_sync;
  int (*dltensor_from_py_object_no_sync)(void* object, DLTensor* out);  // borrows; may be null
  void* current_work_stream;
};
static_assert(sizeof(ExchangeApi) == 56);

constexpr uint32_t kMajorVersion = 1;
constexpr int32_t kCpu = 1;
constexpr uint8_t kFloat = 2;

// What is known of one type of tensors, which is kept alive while it is the last one.
struct TensorType {
  PyTypeObject* type = nullptr;  // owned
  const ExchangeApi* api = nullptr;
  // DLPack cannot say that a tensor requires a gradient, or that torch keeps its sign apart.
  PyObject* requires_grad = nullptr;  // the attribute's name where the type has it
  PyObject* is_neg = nullptr;         // the method's name
};

PyObject* name_if_present(PyTypeObject* type, const char* name) {
  PyObject* text = PyUnicode_InternFromString(name);
  if (text == nullptr || PyObject_HasAttr(reinterpret_cast<PyObject*>(type), text) == 0) {
    PyErr_Clear();
    Py_XDECREF(text);
    return nullptr;
  }
  return text;
}

// What a type itself has under the name of DLPack's capsule, or null; no exception is set.
py::object own_capsule(PyTypeObject* type) {
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::str> name;
  name.call_once_and_store_result([] { return py::str("__dlpack_c_exchange_api__"); });
  if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) == 0) {
    return {};
  }
  // A class statement's type has its attributes here in every version of Python.
  const py::scoped_critical_section lock(type->tp_dict);
  PyObject* found = PyDict_GetItemWithError(type->tp_dict, name.get_stored().ptr());
  PyErr_Clear();
  return py::reinterpret_borrow<py::object>(found);
}

// The functions that a type itself offers; those of a base may not fit a derived tensor.
const ExchangeApi* exchange_api(PyTypeObject* type) {
  const py::object capsule = own_capsule(type);
  if (!capsule || PyCapsule_IsValid(capsule.ptr(), "dlpack_exchange_api") == 0) {
    return nullptr;
  }
  const auto* api =
      static_cast<const ExchangeApi*>(PyCapsule_GetPointer(capsule.ptr(), "dlpack_exchange_api"));
  while (api != nullptr && api->major_version != kMajorVersion) {
    api = api->previous;
  }
  return api != nullptr && api->dltensor_from_py_object_no_sync != nullptr ? api : nullptr;
}

// By value: whoever asks the tensor something next may let other threads in. `api` is null where
// the type offers no functions.
TensorType tensor_type(PyTypeObject* type) {
  static std::mutex mutex;  // held over nothing that calls Python
  static TensorType last;   // protected by mutex; a program uses one kind of tensor
  {
    const std::lock_guard lock(mutex);
    if (last.type == type) {
      return last;
    }
  }
  const ExchangeApi* api = exchange_api(type);
  if (api == nullptr) {
    return {};
  }
  Py_INCREF(reinterpret_cast<PyObject*>(type));
  const TensorType found{type, api, name_if_present(type, "requires_grad"),
                         name_if_present(type, "is_neg")};
  PyTypeObject* before = [&] {
    const std::lock_guard lock(mutex);
    return std::exchange(last, found).type;
  }();
  Py_XDECREF(reinterpret_cast<PyObject*>(before));
  return found;
}

// Whether the answer, a new reference or null, is False.
bool is_false(PyObject* answer) {
  Py_XDECREF(answer);  // True and False outlive it
  if (answer == nullptr) {
    PyErr_Clear();
  }
  return answer == Py_False;
}

// Whether the memory holds what the tensor means.
bool is_plain(PyObject* tensor, const TensorType& type) {
  return (type.requires_grad == nullptr ||
          is_false(PyObject_GetAttr(tensor, type.requires_grad))) &&
         (type.is_neg == nullptr || is_false(PyObject_CallMethodNoArgs(tensor, type.is_neg)));
}

bool holds_floats(const DLTensor& tensor, std::size_t size) {
  return tensor.device_type == kCpu && tensor.ndim == 1 && tensor.dtype_code == kFloat &&
         tensor.dtype_bits == 32 && tensor.dtype_lanes == 1 && tensor.data != nullptr &&
         static_cast<std::size_t>(tensor.shape[0]) == size &&
         (tensor.strides == nullptr || size == 1 || tensor.strides[0] == 1);
}

}  // namespace

const float* dlpack_floats(PyObject* tensor, std::size_t size) {
  const TensorType type = tensor_type(Py_TYPE(tensor));
  if (type.api == nullptr || !is_plain(tensor, type)) {
    return nullptr;
  }
  DLTensor view;
  if (type.api->dltensor_from_py_object_no_sync(tensor, &view) != 0) {
    PyErr_Clear();
    return nullptr;
  }
  if (!holds_floats(view, size)) {
    return nullptr;
  }
  const void* floats = static_cast<const char*>(view.data) + view.byte_offset;
  const bool is_aligned = reinterpret_cast<uintptr_t>(floats) % alignof(float) == 0;
  return is_aligned ? static_cast<const float*>(floats) : nullptr;
}

}  // namespace rigjit::python
