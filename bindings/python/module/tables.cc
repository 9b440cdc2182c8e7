// The plan as numpy arrays.
#include "rigjit/tables.h"

#include <vector>

#include "calls/loaded_rig.h"
#include "input/numpy_array.h"
#include "support/errors.h"
#include "support/late_import.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

// Fields are called as in C++. With numpy imported; again and again is no matter.
void register_rows() {
  using Affine = Tables::AffineRow;
  using Angle = Tables::AngleRow;
  using Rotation = Tables::RotationRow;
  using OneHot = Tables::OneHotRow;
  using Constant = Tables::ConstantRow;
  PYBIND11_NUMPY_DTYPE(Affine, input, channel, scale, center, min, max, refuses, type);
  PYBIND11_NUMPY_DTYPE(Angle, sin, cos, channel, radians, min, max, refuses);
  PYBIND11_NUMPY_DTYPE(Rotation, a1, a2, rows, quaternion, order, channels, radians, min, max,
                       refuses);
  PYBIND11_NUMPY_DTYPE(OneHot, input, count, channel);
  PYBIND11_NUMPY_DTYPE(Constant, channel, value);
}

template <typename Row>
py::array_t<Row> array_of(const std::vector<Row>& rows) {
  return py::array_t<Row>(static_cast<py::ssize_t>(rows.size()), rows.data());
}

py::object tables(const LoadedRig& self) {
  const Tables tables = value_or_throw([&] {
    const WithoutGil release;
    return self.rig.tables();
  }());
  import_numpy();
  static const bool registered = (register_rows(), true);
  static_cast<void>(registered);
  return late_import("rigjit._tables")
      .attr("made")(Tables::kVersion, array_of(tables.affine), array_of(tables.angles),
                    array_of(tables.rotations), array_of(tables.one_hots),
                    array_of(tables.constants));
}

}  // namespace

void bind_tables(RigClass& rig) {
  rig.def("tables", &tables,
          "The plan as data: rigjit.Tables, a structured array for each kind of operation, which\n"
          "says input, channel and coefficients of each row.");
}

}  // namespace rigjit::python
