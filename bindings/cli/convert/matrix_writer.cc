#include "convert/matrix_writer.h"

#include <utility>

namespace rigjit::cli {

Result<std::unique_ptr<Writer>> MatrixWriter::open(const std::string& name, Takes takes,
                                                   std::size_t width, HeaderOf header_of) {
  const Result<std::string> header = header_of(0);
  if (!header) return header.errors();
  Result<Output> output = Output::open(name, Output::Access::kRewritable);
  if (!output) return output.errors();
  if (Status written = output->write(header->data(), header->size()); !written) {
    return written.errors();
  }
  return std::unique_ptr<Writer>(
      new MatrixWriter(*std::move(output), takes, width, std::move(header_of)));
}

MatrixWriter::MatrixWriter(Output output, Takes takes, std::size_t width, HeaderOf header_of)
    : output_(std::move(output)), takes_(takes), width_(width), header_of_(std::move(header_of)) {}

Status MatrixWriter::write_rows(const void* rows, std::size_t count) {
  return output_.write(rows, count * width_ * sizeof(float));
}

Status MatrixWriter::finish() {
  const Result<std::string> header = header_of_(frames());
  if (!header) return header.errors();
  if (Status written = output_.rewrite_start(*header); !written) return written;
  return output_.finish();
}

}  // namespace rigjit::cli
