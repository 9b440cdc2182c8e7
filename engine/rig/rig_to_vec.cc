// Rig::rig_to_vec and its kin: poses and values to vectors.
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/buffers.h"
#include "base/default_float_env.h"
#include "base/make_error.h"
#include "poses/looks_like.h"
#include "poses/pose_values.h"
#include "poses/read_json.h"
#include "poses/read_msgpack.h"
#include "reference/reference_vector.h"
#include "rig/batch.h"
#include "rig/frame_errors.h"
#include "rig/rig_core.h"
#include "rigjit/rig.h"

namespace rigjit {
namespace {

// What converts poses of a rig, once everything that may fail is at hand.
struct VectorKernel {
  const RigCore& core;
  const PoseForm& form;
  const LoadedCode& code;

  static Result<VectorKernel> of(const RigCore& core) {
    const Result<const PoseForm*> form = core.pose_form();
    if (!form) return form.errors();
    const Result<const LoadedCode*> code = core.vector();
    if (!code) return code.errors();
    return VectorKernel{core, **form, **code};
  }

  [[nodiscard]] std::size_t vec_bytes() const {
    return core.description().vec_size * sizeof(float);
  }
};

Error unknown_form(std::span<const uint8_t> bytes) {
  Error error = make_error(
      "unknown-form",
      bytes.empty()
          ? "an empty text is no pose"
          : "neither the map of a MessagePack pose nor the object of a JSON one begins so");
  error.path = "pose";
  return error;
}

bool is_msgpack_map(uint8_t first) {
  return (first & 0xf0) == 0x80 || first == 0xde || first == 0xdf;
}

bool may_be_json(uint8_t first) {
  return std::string_view("{[\" \t\r\n\xef").find(static_cast<char>(first)) !=
         std::string_view::npos;
}

Status parse_text(std::span<const uint8_t> bytes, PoseOptions::Form form, PoseValues& values) {
  if (form == PoseOptions::Form::kDetect) {
    if (bytes.empty()) return unknown_form(bytes);
    form = is_msgpack_map(bytes[0]) ? PoseOptions::Form::kMessagePack : PoseOptions::Form::kJson;
    if (form == PoseOptions::Form::kJson && !may_be_json(bytes[0])) return unknown_form(bytes);
  }
  if (form == PoseOptions::Form::kMessagePack) return read_msgpack(bytes, values);
  return read_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, values);
}

// Without finishing it.
Status parse_pose(std::span<const uint8_t> bytes, PoseOptions::Form form, PoseValues& values) {
  const DefaultFloatEnv env;
  Status status = parse_text(bytes, form, values);
  if (status) return status;
  Errors errors = std::move(status).errors();
  if (const std::string what = looks_like(bytes); !what.empty()) {
    errors.front().message += "; " + what;
  }
  return errors;
}

Errors explain_values(const RigCore& core, const float* values,
                      const std::function<std::string(uint32_t)>& path_of) {
  if (const Result<std::shared_ptr<const Plan>> plan = core.plan()) {
    Errors errors = diagnose_values(**plan, {values, core.description().channel_count}, path_of);
    if (!errors.empty()) return errors;
  }
  return {make_error("degenerate", "the values give no vector")};
}

Status to_vec(const VectorKernel& kernel, const float* values, float* vec) {
  if (kernel.code(values, reinterpret_cast<uint8_t*>(vec)) == 0) return Done{};
  return explain_values(kernel.core, values,
                        [&](uint32_t channel) { return kernel.form.path_of(channel); });
}

// `values`: scratch of this pose. Own messages need none of the reader's work.
Status pose_to_vec(const VectorKernel& kernel, std::span<const uint8_t> bytes, float* vec,
                   const PoseOptions& options, std::vector<float>& values,
                   std::optional<PoseValues>& reader) {
  values.resize(kernel.form.channel_count());
  if (options.form != PoseOptions::Form::kJson &&
      kernel.form.read_own_message(bytes, values.data())) {
    return to_vec(kernel, values.data(), vec);
  }
  reader ? reader->reset() : void(reader.emplace(kernel.form, options));
  Status read = parse_pose(bytes, options.form, *reader);
  if (read) read = reader->finish();
  if (!read) return read;
  return to_vec(kernel, reader->values(), vec);
}

Errors in_frame(Errors errors, std::size_t frame, const char* batch) {
  for (Error& error : errors) name_frame(error, frame, batch);
  return errors;
}

// Runs `to_vector(i, vec)` for every frame as Rig's batches are documented.
Status run_frames(std::size_t count, std::size_t vec_size, float* vecs, uint8_t* valid,
                  const auto& to_vector) {
  for (std::size_t i = 0; i < count; ++i) {
    float* vec = vecs + i * vec_size;
    const Status status = to_vector(i, vec);
    if (valid != nullptr) {
      valid[i] = status.ok() ? 1 : 0;
      if (!status.ok()) std::memset(vec, 0, vec_size * sizeof(float));
    } else if (!status.ok()) {
      return in_frame(status.errors(), i, "poses");
    }
  }
  return Done{};
}

}  // namespace

Status Rig::rig_to_vec(const void* pose, std::size_t size, float* vec,
                       const PoseOptions& options) const {
  if (overlap(pose, size, vec, vec_size() * sizeof(float))) return overlap_error();
  const Result<VectorKernel> kernel = VectorKernel::of(*core_);
  if (!kernel) return kernel.errors();
  std::vector<float> values;
  std::optional<PoseValues> reader;
  return pose_to_vec(*kernel, {static_cast<const uint8_t*>(pose), size}, vec, options, values,
                     reader);
}

Status Rig::rig_to_vec_batch(const Pose* poses, std::size_t count, float* vecs, uint8_t* valid,
                             const PoseOptions& options) const {
  const std::size_t vec_bytes = vec_size() * sizeof(float);
  for (std::size_t i = 0; i < count; ++i) {
    if (overlap(poses[i].data, poses[i].size, vecs, count * vec_bytes)) return overlap_error();
  }
  const Result<VectorKernel> kernel = VectorKernel::of(*core_);
  if (!kernel) return kernel.errors();
  std::vector<float> values;
  std::optional<PoseValues> reader;
  return run_frames(count, vec_size(), vecs, valid, [&](std::size_t i, float* vec) {
    return pose_to_vec(*kernel, {static_cast<const uint8_t*>(poses[i].data), poses[i].size}, vec,
                       options, values, reader);
  });
}

Status Rig::values_to_vec(const float* values, float* vec) const {
  if (overlap(values, channel_count() * sizeof(float), vec, vec_size() * sizeof(float))) {
    return overlap_error();
  }
  const Result<const LoadedCode*> code = core_->vector();
  if (!code) return code.errors();
  if ((**code)(values, reinterpret_cast<uint8_t*>(vec)) == 0) return Done{};
  return explain_values(*core_, values, {});
}

Status Rig::values_to_vec_batch(const float* values, std::size_t count, float* vecs, uint8_t* valid,
                                std::size_t threads) const {
  const std::size_t channels = channel_count();
  const std::size_t vec_bytes = vec_size() * sizeof(float);
  if (overlap(values, count * channels * sizeof(float), vecs, count * vec_bytes)) {
    return overlap_error();
  }
  const Result<const LoadedCode*> code = core_->vector();
  if (!code) return code.errors();
  const std::size_t bad =
      convert({**code, values, channels, count, reinterpret_cast<uint8_t*>(vecs), vec_bytes, valid},
              threads);
  if (bad == count) return Done{};
  return in_frame(explain_values(*core_, values + bad * channels, {}), bad, "values");
}

struct PoseReader::State {
  State(const Rig& rig, const PoseOptions& opts)
      : kernel(VectorKernel::of(*rig.core_)), options(opts) {
    if (kernel) values.emplace(kernel->form, opts);
  }

  Result<VectorKernel> kernel;
  const PoseOptions options;
  std::optional<PoseValues> values;  // as long as there is a kernel
  Status text = Done{};              // of read()
};

PoseReader::PoseReader(const Rig& rig, const PoseOptions& options)
    : state_(std::make_unique<State>(rig, options)) {}
PoseReader::~PoseReader() = default;

void PoseReader::begin_controller(std::string_view name) {
  if (state_->values) state_->values->begin_controller(name);
}

void PoseReader::number(std::string_view attribute, double value) {
  if (!state_->values) return;
  const DefaultFloatEnv env;
  state_->values->attribute(attribute);
  state_->values->number(value);
}

void PoseReader::boolean(std::string_view attribute, bool value, std::string_view type) {
  if (!state_->values) return;
  state_->values->attribute(attribute);
  state_->values->boolean(value, type);
}

void PoseReader::text(std::string_view attribute, std::string_view value, std::string_view type) {
  if (!state_->values) return;
  state_->values->attribute(attribute);
  state_->values->text(value, type);
}

void PoseReader::other(std::string_view attribute, std::string_view type) {
  if (!state_->values) return;
  state_->values->attribute(attribute);
  state_->values->other(type);
}

void PoseReader::other_controller(std::string_view name, std::string_view type) {
  if (state_->values) state_->values->other_controller(name, type);
}

void PoseReader::unnamed(std::string_view bytes) {
  if (state_->values) state_->values->unnamed_key(bytes);
}

void PoseReader::read(const void* pose, std::size_t size) {
  if (!state_->values) return;
  state_->text =
      parse_pose({static_cast<const uint8_t*>(pose), size}, state_->options.form, *state_->values);
}

Status PoseReader::finish(float* vec, std::optional<std::size_t> frame) {
  if (!state_->kernel) return state_->kernel.errors();
  Status status = std::exchange(state_->text, Done{});
  if (status) status = state_->values->finish();
  if (status) status = to_vec(*state_->kernel, state_->values->values(), vec);
  state_->values->reset();
  if (!status && frame) return in_frame(status.errors(), *frame, "poses");
  return status;
}

}  // namespace rigjit
