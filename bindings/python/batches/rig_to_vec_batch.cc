// Batches of poses and values to vectors; without the GIL, unless poses are dicts.
#include <cstring>
#include <string>
#include <vector>

#include "batches/batch_output.h"
#include "calls/loaded_rig.h"
#include "input/float_input.h"
#include "input/numpy_array.h"
#include "input/pose_input.h"
#include "support/errors.h"
#include "support/whole_number.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// An (n, size) array of bytes as n poses. Throws where it is no such array.
std::vector<Rig::Pose> rows_of(const py::array& array) {
  if (is_masked(array)) {
    throw py::type_error("poses is a masked array; pass poses.filled(...) instead");
  }
  if (array.ndim() != 2 || array.itemsize() != 1 || array.dtype().kind() != 'u' ||
      (array.flags() & py::array::c_style) == 0) {
    throw py::value_error(
        "an array of poses must be (n, size) uint8, contiguous in C order; for an array of values "
        "there is values_to_vec_batch");
  }
  const auto* data = static_cast<const uint8_t*>(array.data());
  const auto size = static_cast<std::size_t>(array.shape(1));
  std::vector<Rig::Pose> rows(static_cast<std::size_t>(array.shape(0)));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = {data + i * size, size};
  }
  return rows;
}

Status convert_texts(const LoadedRig& self, const std::vector<Rig::Pose>& poses, BatchOutput& out,
                     const PoseOptions& options) {
  auto* vecs = out.items<float>();
  const WithoutGil release;
  return self.rig.rig_to_vec_batch(poses.data(), poses.size(), vecs, out.valid(), options);
}

// One by one, with the GIL.
Status convert_objects(const LoadedRig& self, const py::tuple& poses, BatchOutput& out,
                       const PoseOptions& options) {
  PoseReader reader(self.rig, options);
  for (std::size_t i = 0; i < poses.size(); ++i) {
    const py::object pose = poses[i];
    if (PyDict_Check(pose.ptr()) == 0) {
      const PoseText text(pose.ptr());
      reader.read(text.pose().data, text.pose().size);
    } else if (!read_dict(pose.ptr(), reader)) {
      throw py::error_already_set();
    }
    float* vec = out.items<float>() + i * self.vec_size;
    Status status = reader.finish(vec, i);
    if (out.valid() != nullptr) {
      out.valid()[i] = status.ok() ? 1 : 0;
      if (!status.ok()) {
        std::memset(vec, 0, self.vec_size * sizeof(float));
      }
    } else if (!status.ok()) {
      return status;
    }
  }
  return Done{};
}

Status convert_list(const LoadedRig& self, const py::tuple& poses, BatchOutput& out,
                    const PoseOptions& options) {
  std::vector<PoseText> texts;
  std::vector<Rig::Pose> bytes;
  for (const py::handle pose : poses) {
    if (PyDict_Check(pose.ptr()) != 0) {
      return convert_objects(self, poses, out, options);
    }
    bytes.push_back(texts.emplace_back(pose.ptr()).pose());
  }
  return convert_texts(self, bytes, out, options);
}

py::object rig_to_vec_batch(LoadedRig& self, const py::object& poses, const py::object& missing,
                            const py::object& extra, const py::object& out,
                            const std::string& errors) {
  const PoseOptions options = parse_pose_options(missing.ptr(), extra.ptr());
  import_numpy();
  if (vector_kernel(self) == nullptr) {
    throw py::error_already_set();
  }
  const auto output = [&](std::size_t frames, py::handle source) {
    return BatchOutput(out, frames, self.vec_size, py::dtype::of<float>(), source, errors);
  };
  const auto finished = [](const Status& status, const BatchOutput& result) {
    if (!status.ok()) {
      throw_python_error(status.errors());
    }
    return result.result();
  };
  if (py::isinstance<py::array>(poses)) {
    const std::vector<Rig::Pose> rows = rows_of(py::reinterpret_borrow<py::array>(poses));
    BatchOutput result = output(rows.size(), poses);
    return finished(convert_texts(self, rows, result, options), result);
  }
  if (!py::isinstance<py::list>(poses) && !py::isinstance<py::tuple>(poses)) {
    throw py::type_error("poses must be a list of poses or an (n, size) uint8 array");
  }
  // A tuple of our own: nobody else takes a pose out of it.
  const py::tuple held(poses);
  BatchOutput result = output(held.size(), py::none());
  return finished(convert_list(self, held, result, options), result);
}

py::object values_to_vec_batch(LoadedRig& self, const py::object& values, const py::object& out,
                               const std::string& errors, const py::object& threads) {
  const std::size_t thread_limit = thread_count(threads);
  const FloatInput input = FloatInput::values(values, self.channel_count);
  BatchOutput result(out, input.frames(), self.vec_size, py::dtype::of<float>(), input.array(),
                     errors);
  auto* vecs = result.items<float>();
  const Status status = [&] {
    const WithoutGil release;
    return self.rig.values_to_vec_batch(input.data(), input.frames(), vecs, result.valid(),
                                        thread_limit);
  }();
  if (!status.ok()) {
    throw_python_error(status.errors());
  }
  return result.result();
}

}  // namespace

void bind_rig_to_vec_batches(RigClass& rig) {
  rig.def(
      "rig_to_vec_batch", &rig_to_vec_batch, py::arg("poses"), py::arg("missing") = "error",
      py::arg("extra") = "ignore", py::arg("out") = py::none(), py::arg("errors") = "raise",
      "Poses to (n, vec_size) float32, each as rig_to_vec takes it.\n\n"
      "poses: a list of dicts, bytes or texts, or an (n, size) uint8 array of messages; unless\n"
      "there are dicts among them, without the GIL. out: such an array, C-contiguous; it is\n"
      "returned. errors='mask': returns (vecs, mask); where mask[i] is False pose i is bad and\n"
      "its row is zero.");
  rig.def("values_to_vec_batch", &values_to_vec_batch, py::arg("values"),
          py::arg("out") = py::none(), py::arg("errors") = "raise", py::kw_only(),
          py::arg("threads") = 1,
          "(n, len(channels)) floats to (n, vec_size) float32, without the GIL; out, errors and\n"
          "threads as for vec_to_values_batch.");
}

}  // namespace rigjit::python
