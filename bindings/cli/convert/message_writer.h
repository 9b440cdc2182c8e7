// Messages, one after the other.
#pragma once

#include "convert/writer.h"

namespace rigjit::cli {

class MessageWriter : public Writer {
 public:
  static Result<std::unique_ptr<Writer>> open(const std::string& name, const Rig& rig);

  [[nodiscard]] Takes takes() const override { return Takes::kMessages; }
  Status finish() override { return output_.finish(); }

 private:
  Status write_rows(const void* rows, std::size_t count) override {
    return output_.write(rows, count * size_);
  }
  MessageWriter(Output output, std::size_t size) : output_(std::move(output)), size_(size) {}

  Output output_;
  const std::size_t size_;  // bytes a message
};

inline Result<std::unique_ptr<Writer>> MessageWriter::open(const std::string& name,
                                                           const Rig& rig) {
  Result<Output> output = Output::open(name);
  if (!output) return output.errors();
  return std::unique_ptr<Writer>(new MessageWriter(*std::move(output), rig.msgpack_size()));
}

}  // namespace rigjit::cli
