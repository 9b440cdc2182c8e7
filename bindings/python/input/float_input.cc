#include "input/float_input.h"

#include "input/numpy_array.h"

namespace py = pybind11;

namespace rigjit::python {

FloatInput::FloatInput(py::object array, std::size_t frames)
    : array_(std::move(array)),
      data_(reinterpret_cast<const float*>(py::detail::array_proxy(array_.ptr())->data)),
      frames_(frames) {}

FloatInput FloatInput::vector(py::handle vec, std::size_t size) {
  return {arrays_module().attr("vector")(vec, size), 1};
}

FloatInput FloatInput::batch(py::handle vecs, std::size_t size) { return of(vecs, size, "vecs"); }

FloatInput FloatInput::values(py::handle values, std::size_t size) {
  return of(values, size, "values");
}

FloatInput FloatInput::of(py::handle batch, std::size_t size, const char* name) {
  import_numpy();
  if (const auto* plain = plain_array(batch.ptr(), numpy_types.float32, 2);
      plain != nullptr && static_cast<std::size_t>(plain->dimensions[1]) == size) {
    return {py::reinterpret_borrow<py::object>(batch),
            static_cast<std::size_t>(plain->dimensions[0])};
  }
  py::object array = arrays_module().attr("vectors")(batch, size, name);
  const auto frames = static_cast<std::size_t>(py::detail::array_proxy(array.ptr())->dimensions[0]);
  return {std::move(array), frames};
}

}  // namespace rigjit::python
