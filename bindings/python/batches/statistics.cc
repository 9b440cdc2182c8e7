// What rigjit.stats measures of every value: one pass over frames that lie in the cache.
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "calls/loaded_rig.h"
#include "support/without_gil.h"

// Compiled for several widths of vectors; the loader takes the widest that the processor has.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RIGJIT_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RIGJIT_WIDEST
#endif

namespace py = pybind11;

namespace rigjit::python {
namespace {

// Channels that are taken together, so that their sums stay in registers.
constexpr std::size_t kTile = 16;
// Added and taken away again it rounds a float32 below 2^22 to a whole number.
constexpr float kRound = 12582912.0F;

// Of `width` channels each, in and out, but for the first two.
struct Columns {
  const float* turn;    // a whole turn of an angle, which steps the shorter way; else 0
  const double* about;  // what sums are taken about
  double* total;        // of value - about
  double* squares;      // of the same
  float* low;
  float* high;
  float* largest;     // step from one frame to the next
  float* step_total;  // the sum of these
  uint32_t* at_low;   // frames at the least value as the frame before them
  uint32_t* at_high;
};

// The same of kTile channels.
struct Tile {
  std::array<float, kTile> turn{}, per_turn{}, low{}, high{}, largest{}, step_total{};
  std::array<double, kTile> about{}, total{}, squares{};
  std::array<uint32_t, kTile> at_low{}, at_high{};

  [[gnu::always_inline]] void add_value(const float* value, const float* before) {
    for (std::size_t j = 0; j < kTile; ++j) {
      const double difference = static_cast<double>(value[j]) - about[j];
      total[j] += difference;
      squares[j] += difference * difference;
    }
    for (std::size_t j = 0; j < kTile; ++j) {
      const float x = value[j];
      const uint32_t stays = x == before[j] ? 1 : 0;
      const uint32_t stays_low = x == low[j] ? stays : 0;
      const uint32_t stays_high = x == high[j] ? stays : 0;
      at_low[j] = x < low[j] ? 0 : at_low[j] + stays_low;
      at_high[j] = x > high[j] ? 0 : at_high[j] + stays_high;
      low[j] = x < low[j] ? x : low[j];
      high[j] = x > high[j] ? x : high[j];
    }
  }

  [[gnu::always_inline]] void add_step(const float* value, const float* before) {
    for (std::size_t j = 0; j < kTile; ++j) {
      const float far = std::fabs(value[j] - before[j]);
      const float turns = (far * per_turn[j] + kRound) - kRound;
      const float step = std::fabs(far - turns * turn[j]);
      largest[j] = step > largest[j] ? step : largest[j];
      step_total[j] += step;
    }
  }
};

Tile read_tile(const Columns& from, std::size_t begin, std::size_t count) {
  Tile tile;
  for (std::size_t j = 0; j < count; ++j) {
    tile.turn[j] = from.turn[begin + j];
    tile.per_turn[j] = tile.turn[j] > 0 ? 1 / tile.turn[j] : 0;
    tile.about[j] = from.about[begin + j];
    tile.low[j] = from.low[begin + j];
    tile.high[j] = from.high[begin + j];
    tile.largest[j] = from.largest[begin + j];
  }
  return tile;
}

void write_tile(const Tile& tile, const Columns& to, std::size_t begin, std::size_t count) {
  std::copy_n(tile.total.data(), count, to.total + begin);
  std::copy_n(tile.squares.data(), count, to.squares + begin);
  std::copy_n(tile.low.data(), count, to.low + begin);
  std::copy_n(tile.high.data(), count, to.high + begin);
  std::copy_n(tile.largest.data(), count, to.largest + begin);
  std::copy_n(tile.step_total.data(), count, to.step_total + begin);
  std::copy_n(tile.at_low.data(), count, to.at_low + begin);
  std::copy_n(tile.at_high.data(), count, to.at_high + begin);
}

// rows: `frames` of `width` floats; before: the frame that they continue, or null.
RIGJIT_WIDEST void measure(const float* rows, std::size_t frames, std::size_t width,
                           const float* before, const Columns& columns) {
  for (std::size_t begin = 0; begin < width; begin += kTile) {
    const std::size_t count = std::min(kTile, width - begin);
    Tile tile = read_tile(columns, begin, count);
    std::array<float, kTile> value{};
    std::array<float, kTile> last{};
    std::size_t i = 0;
    if (before != nullptr) {
      std::copy_n(before + begin, count, last.data());
    } else {
      std::copy_n(rows + begin, count, value.data());
      last.fill(std::nanf(""));  // equals nothing: no frame stays where it is yet
      tile.add_value(value.data(), last.data());
      last = value;
      i = 1;
    }
    for (; i < frames; ++i) {
      const float* row = rows + i * width + begin;
      if (count == kTile) {
        std::copy_n(row, kTile, value.data());
      } else {
        std::copy_n(row, count, value.data());
      }
      tile.add_value(value.data(), last.data());
      tile.add_step(value.data(), last.data());
      last = value;
    }
    write_tile(tile, columns, begin, count);
  }
}

template <typename T>
using Matrix = py::array_t<T, py::array::c_style>;

// A row of an array of `count` rows of `width`. Throws ValueError where it is none.
template <typename T>
T* rows_of(Matrix<T>& array, py::ssize_t count, py::ssize_t width) {
  if (array.ndim() != 2 || array.shape(0) != count || array.shape(1) != width) {
    throw py::value_error("an array of statistics has another shape");
  }
  return array.mutable_data();
}

// sums: (3, C) about, total, squares; extremes: (4, C) low, high, largest, step_total; holds:
// (2, C) at_low, at_high. Those of values and steps are set anew, the others go on.
void measure_rows(const Matrix<float>& rows, const std::optional<Matrix<float>>& before,
                  const Matrix<float>& turn, Matrix<double> sums, Matrix<float> extremes,
                  Matrix<uint32_t> holds) {
  if (rows.ndim() != 2 || rows.shape(0) == 0 || turn.size() != rows.shape(1) ||
      (before && before->size() != rows.shape(1))) {
    throw py::value_error("rows must be (n, C), n at least 1");
  }
  const py::ssize_t channels = rows.shape(1);
  const auto width = static_cast<std::size_t>(channels);
  double* about = rows_of(sums, 3, channels);
  float* low = rows_of(extremes, 4, channels);
  uint32_t* at_low = rows_of(holds, 2, channels);
  const Columns columns{turn.data(), about,         about + width,   about + 2 * width,
                        low,         low + width,   low + 2 * width, low + 3 * width,
                        at_low,      at_low + width};
  const float* first = before ? before->data() : nullptr;
  const float* data = rows.data();
  const auto frames = static_cast<std::size_t>(rows.shape(0));
  const WithoutGil release;
  measure(data, frames, width, first, columns);
}

}  // namespace

void bind_statistics(py::module_& module) {
  module.def("_measure", &measure_rows, py::arg("rows").noconvert(), py::arg("before").noconvert(),
             py::arg("turn").noconvert(), py::arg("sums").noconvert(),
             py::arg("extremes").noconvert(), py::arg("holds").noconvert(), py::pos_only());
}

}  // namespace rigjit::python
