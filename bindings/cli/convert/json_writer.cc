#include "convert/json_writer.h"

#include <utility>

namespace rigjit::cli {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

}  // namespace

Result<std::unique_ptr<Writer>> JsonWriter::open(const std::string& name, const Rig& rig,
                                                 Style style) {
  Result<Output> output = Output::open(name);
  if (!output) return output.errors();
  return std::unique_ptr<Writer>(new JsonWriter(*std::move(output), rig, style));
}

JsonWriter::JsonWriter(Output output, const Rig& rig, Style style)
    : output_(std::move(output)), rig_(rig), style_(style) {}

Status JsonWriter::write_rows(const void* rows, std::size_t count) {
  const auto* values = static_cast<const float*>(rows);
  for (std::size_t i = 0; i < count; ++i) {
    if (style_ == Style::kArray) text_ += is_empty_ ? "[" : ",\n";
    is_empty_ = false;
    const std::size_t known = text_.size();
    text_.resize(known + rig_.json_capacity());
    const Result<std::size_t> size =
        rig_.values_to_json(values + i * rig_.channel_count(), text_.data() + known);
    text_.resize(known + (size ? *size : 0));
    if (!size) return size.errors();
    if (style_ == Style::kLines) text_ += '\n';
    if (text_.size() < kBlockBytes) continue;
    if (Status flushed = flush(); !flushed) return flushed;
  }
  return flush();
}

Status JsonWriter::flush() {
  Status written = output_.write(text_.data(), text_.size());
  text_.clear();
  return written;
}

Status JsonWriter::finish() {
  if (style_ == Style::kArray) text_ += is_empty_ ? "[]\n" : "]\n";
  if (Status flushed = flush(); !flushed) return flushed;
  return output_.finish();
}

}  // namespace rigjit::cli
