// Callers' transforms: read, and checked all at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "collision/error_text.h"
#include "collision/hull_data.h"

namespace rigjit::collision {

// Of a transform for column vectors.
struct Affine {
  double linear[9];
  double offset[3];
};

// The transforms of a call: `hulls` a frame.
class TransformReader {
 public:
  TransformReader(const Transforms& transforms, std::size_t hulls)
      : transforms_(transforms),
        hulls_(hulls),
        elements_(4 * static_cast<std::size_t>(transforms.rows)) {}

  [[nodiscard]] Affine read(std::size_t frame, std::size_t hull) const {
    const std::size_t at = (frame * hulls_ + hull) * elements_;
    return transforms_.floats != nullptr ? of_rows(transforms_.floats + at)
                                         : of_rows(transforms_.doubles + at);
  }
  // Element i of its rows, of element_count().
  [[nodiscard]] double element(std::size_t frame, std::size_t hull, std::size_t i) const {
    const std::size_t at = (frame * hulls_ + hull) * elements_ + i;
    return transforms_.floats != nullptr ? transforms_.floats[at] : transforms_.doubles[at];
  }
  [[nodiscard]] std::size_t element_count() const { return elements_; }

  // What is wrong with one: a code; null if nothing is. "singular-transform": it flattens what it
  // is given to less than about 1e-6 of its size, whatever the lengths of its columns.
  [[nodiscard]] const char* problem(std::size_t frame, std::size_t hull) const;
  // A sentence about it.
  [[nodiscard]] std::string words(std::string_view code, std::size_t frame, std::size_t hull) const;

 private:
  template <typename T>
  static Affine of_rows(const T* rows) {
    return {{rows[0], rows[1], rows[2], rows[4], rows[5], rows[6], rows[8], rows[9], rows[10]},
            {rows[3], rows[7], rows[11]}};
  }

  Transforms transforms_;
  std::size_t hulls_;
  std::size_t elements_;
};

// Every bad transform of a call: into `errors`, or where `valid` is not null as 0 there.
void check_transforms(const Transforms& transforms, const HullsData& hulls, uint8_t* valid,
                      ErrorList& errors);

}  // namespace rigjit::collision
