// Rows of numbers behind a header that says how many there are: .npy, clips and vector files.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "convert/writer.h"

namespace rigjit::cli {

// The header of so many rows; of one size for every number.
using HeaderOf = std::function<Result<std::string>(uint64_t rows)>;

class MatrixWriter : public Writer {
 public:
  // width: floats a row.
  static Result<std::unique_ptr<Writer>> open(const std::string& name, Takes takes,
                                              std::size_t width, HeaderOf header_of);

  [[nodiscard]] Takes takes() const override { return takes_; }
  Status finish() override;

 private:
  Status write_rows(const void* rows, std::size_t count) override;
  MatrixWriter(Output output, Takes takes, std::size_t width, HeaderOf header_of);

  Output output_;
  const Takes takes_;
  const std::size_t width_;
  const HeaderOf header_of_;
};

}  // namespace rigjit::cli
