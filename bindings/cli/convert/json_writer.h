// Poses as JSON: an array of objects, or an object a line.
#pragma once

#include <string>

#include "convert/writer.h"

namespace rigjit::cli {

class JsonWriter : public Writer {
 public:
  enum class Style : uint8_t { kArray, kLines };
  static Result<std::unique_ptr<Writer>> open(const std::string& name, const Rig& rig, Style style);

  [[nodiscard]] Takes takes() const override { return Takes::kValues; }
  Status finish() override;

 private:
  Status write_rows(const void* rows, std::size_t count) override;
  JsonWriter(Output output, const Rig& rig, Style style);
  Status flush();

  Output output_;
  const Rig& rig_;
  const Style style_;
  std::string text_;  // not yet written
  bool is_empty_ = true;
};

}  // namespace rigjit::cli
