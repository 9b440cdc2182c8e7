// Batches: numpy arrays out, the GIL released while a batch is converted.
#include <optional>
#include <string>

#include "batches/batch_output.h"
#include "calls/loaded_rig.h"
#include "input/float_input.h"
#include "support/errors.h"
#include "support/whole_number.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

struct BatchOptions {
  std::string errors;
  std::size_t threads;
  bool continuous;
  py::object start;
};

BatchOptions parse_options(const std::string& errors, const py::object& threads, bool continuous,
                           const py::object& start) {
  const std::size_t count = thread_count(threads);
  if (continuous && count != 1) {
    throw py::value_error("continuous frames depend on each other: leave threads at 1");
  }
  if (!continuous && !start.is_none()) {
    throw py::value_error("start goes with continuous=True");
  }
  return {errors, count, continuous, start};
}

// Runs a batch method of Rig, or of a new Stream, over (n, vec_size) into (n, width) items of type
// T.
template <typename T, typename Method, typename StreamMethod>
py::object convert_batch(const LoadedRig& self, Method method, StreamMethod stream_method,
                         const py::object& vecs, const py::object& out, const BatchOptions& options,
                         std::size_t width) {
  std::optional<Stream> stream;
  if (options.continuous) {
    stream = make_stream(self, options.start);
  }
  const FloatInput input = FloatInput::batch(vecs, self.rig.vec_size());
  BatchOutput result(out, input.frames(), width, py::dtype::of<T>(), input.array(), options.errors);
  T* items = result.items<T>();
  const Status status = [&] {
    const WithoutGil release;
    return stream ? ((*stream).*stream_method)(input.data(), input.frames(), items, result.valid())
                  : (self.rig.*method)(input.data(), input.frames(), items, result.valid(),
                                       options.threads);
  }();
  if (!status.ok()) {
    throw_python_error(status.errors());
  }
  return result.result();
}

py::object vec_to_rig_batch(const LoadedRig& self, const py::object& vecs, const py::object& out,
                            const std::string& errors, const py::object& threads, bool continuous,
                            const py::object& start) {
  return convert_batch<uint8_t>(self, &Rig::vec_to_rig_batch, &Stream::push_batch, vecs, out,
                                parse_options(errors, threads, continuous, start),
                                self.rig.msgpack_size());
}

py::object vec_to_values_batch(const LoadedRig& self, const py::object& vecs, const py::object& out,
                               const std::string& errors, const py::object& threads,
                               bool continuous, const py::object& start) {
  return convert_batch<float>(self, &Rig::vec_to_values_batch, &Stream::push_values_batch, vecs,
                              out, parse_options(errors, threads, continuous, start),
                              self.rig.channel_count());
}

}  // namespace

void bind_conversions(RigClass& rig) {
  rig.def("vec_to_rig_batch", &vec_to_rig_batch, py::arg("vecs"), py::arg("out") = py::none(),
          py::arg("errors") = "raise", py::kw_only(), py::arg("threads") = 1,
          py::arg("continuous") = false, py::arg("start") = py::none(),
          "(n, vec_size) floats to (n, msgpack_size) uint8, one message a row, without the GIL.\n\n"
          "out: such an array, C-contiguous, not overlapping vecs; it is returned. errors='mask':\n"
          "returns (messages, mask); where mask[i] is False frame i is bad and its row is zero.\n"
          "threads: how many to use at most, 0 for every core this process may run on; the result\n"
          "is the same. Small batches stay on one.\n"
          "continuous: each frame continues the one before, as Rig.stream says; start: what the\n"
          "first one continues from.");
  rig.def("vec_to_values_batch", &vec_to_values_batch, py::arg("vecs"), py::arg("out") = py::none(),
          py::arg("errors") = "raise", py::kw_only(), py::arg("threads") = 1,
          py::arg("continuous") = false, py::arg("start") = py::none(),
          "Like vec_to_rig_batch, to (n, len(channels)) float32, without the GIL.");
}

}  // namespace rigjit::python
