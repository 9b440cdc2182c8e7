// Integer arguments: by __index__, or a float that is whole.
#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace rigjit::python {

// `value` as the argument `name`, from `least` to `most`. An integer is whatever has __index__; of
// floats (Python's and numpy's) those that are whole. Throws TypeError for another type, such as
// Fraction and Decimal, and ValueError for a number that is not whole or out of range.
int64_t whole_number(const pybind11::handle& value, const char* name, int64_t least = INT64_MIN,
                     int64_t most = INT64_MAX);

// The same, where None stands for no number.
std::optional<int64_t> optional_whole_number(const pybind11::handle& value, const char* name,
                                             int64_t least = INT64_MIN, int64_t most = INT64_MAX);

// The argument threads: 0 for every core, else how many.
std::size_t thread_count(const pybind11::handle& threads);

}  // namespace rigjit::python
