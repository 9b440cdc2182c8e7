#include "rigjit/rig.h"

#include <cstring>

#include "base/buffers.h"
#include "base/make_error.h"
#include "cache/cache_entry.h"
#include "code/program_names.h"
#include "codegen/link/compile.h"
#include "describe/tables.h"
#include "rig/batch.h"
#include "rig/check_values.h"
#include "rig/frame_errors.h"
#include "rig/rig_core.h"

namespace rigjit {
namespace {

Status run(const RigCore& core, const LoadedCode& code, const float* vec, uint8_t* out,
           std::size_t out_size) {
  const std::size_t vec_size = core.description().vec_size;
  if (overlap(vec, vec_size * sizeof(float), out, out_size)) return overlap_error();
  if (code(vec, out) != 0) return explain(core, {vec, vec_size});
  return Done{};
}

Status run_batch(const RigCore& core, const Batch& batch, std::size_t threads) {
  if (overlap(batch.vecs, batch.count * batch.vec_size * sizeof(float), batch.out,
              batch.count * batch.out_size)) {
    return overlap_error();
  }
  const std::size_t bad = convert(batch, threads);
  if (bad == batch.count) return Done{};
  return explain(core, {batch.vecs + bad * batch.vec_size, batch.vec_size}, bad);
}

}  // namespace

const char* to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::kCompiled:
      return "compiled";
    case Origin::kCached:
      return "cached";
    case Origin::kMemory:
      return "memory";
  }
  return "";
}

Rig::Rig(std::shared_ptr<const RigCore> core, Origin origin)
    : core_(std::move(core)), origin_(origin) {}

const std::string& Rig::name() const noexcept { return core_->description().name; }
const std::string& Rig::name_space() const noexcept { return core_->description().name_space; }
const std::string& Rig::hash() const noexcept { return core_->hash(); }
const std::vector<std::pair<std::string, std::string>>& Rig::metadata() const noexcept {
  return core_->description().metadata;
}
Origin Rig::origin() const noexcept { return origin_; }
const std::string& Rig::target() const noexcept { return core_->target_name(); }
const std::string& Rig::cache_note() const noexcept { return core_->cache_note(); }

std::size_t Rig::vec_size() const noexcept { return core_->description().vec_size; }
std::size_t Rig::msgpack_size() const noexcept { return core_->description().msgpack_size; }
std::size_t Rig::channel_count() const noexcept { return core_->description().channel_count; }
const std::vector<Channel>& Rig::channels() const { return core_->channels(); }
const std::vector<Input>& Rig::inputs() const { return core_->inputs(); }
const std::vector<float>& Rig::rest_vec() const { return core_->description().rest_vec; }

Status Rig::vec_to_rig(const float* vec, uint8_t* out) const {
  return run(*core_, core_->message(), vec, out, msgpack_size());
}

Status Rig::vec_to_rig_batch(const float* vecs, std::size_t count, uint8_t* out, uint8_t* valid,
                             std::size_t threads) const {
  return run_batch(*core_, {core_->message(), vecs, vec_size(), count, out, msgpack_size(), valid},
                   threads);
}

Status Rig::vec_to_values(const float* vec, float* out) const {
  const Result<const LoadedCode*> code = core_->values();
  if (!code) return code.errors();
  return run(*core_, **code, vec, reinterpret_cast<uint8_t*>(out), channel_count() * sizeof(float));
}

Status Rig::vec_to_values_batch(const float* vecs, std::size_t count, float* out, uint8_t* valid,
                                std::size_t threads) const {
  const Result<const LoadedCode*> code = core_->values();
  if (!code) return code.errors();
  return run_batch(*core_,
                   {**code, vecs, vec_size(), count, reinterpret_cast<uint8_t*>(out),
                    channel_count() * sizeof(float), valid},
                   threads);
}

Status Rig::mirror(const float* vecs, float* out, std::size_t count) const {
  const Result<const MirrorMap*> map = core_->mirror();
  if (!map) return map.errors();
  const std::size_t size_bytes = count * vec_size() * sizeof(float);
  if (overlap(vecs, size_bytes, out, size_bytes)) return overlap_error();
  rigjit::mirror(**map, vecs, count, out);
  return Done{};
}

std::size_t Rig::json_capacity() const noexcept { return core_->json_text().capacity(); }

Result<std::size_t> Rig::vec_to_json(const float* vec, char* out) const {
  const Result<const LoadedCode*> code = core_->values();
  if (!code) return code.errors();
  const JsonText& text = core_->json_text();
  const std::size_t vec_size = core_->description().vec_size;
  if (overlap(vec, vec_size * sizeof(float), out, text.capacity())) return overlap_error();
  if ((**code)(vec, text.values_in(out)) != 0) return explain(*core_, {vec, vec_size});
  return text.write(out);
}

Result<std::size_t> Rig::values_to_json(const float* values, char* out) const {
  const JsonText& text = core_->json_text();
  const std::size_t size = channel_count();
  if (overlap(values, size * sizeof(float), out, text.capacity())) return overlap_error();
  if (Status status = check_values(values); !status) return std::move(status).errors();
  std::memcpy(text.values_in(out), values, size * sizeof(float));
  return text.write(out);
}

Status Rig::check_values(const float* values) const {
  return rigjit::check_values(*core_, {values, channel_count()});
}

Result<Kernel> Rig::kernel(const std::string& program) const {
  const Result<Program> found = find_program(program);
  if (!found) return found.errors();
  if (is_continuous(*found)) {
    return make_error("unknown-program", "the program '" + program +
                                             "' keeps a state between frames: Rig::stream() runs "
                                             "it, and it has no kernel");
  }
  const Result<const LoadedCode*> code = core_->code(*found);
  if (!code) return code.errors();
  return Kernel((*code)->kernel());
}

Result<Stream> Rig::stream(const float* start) const { return Stream::make(core_, start); }

Result<std::string> Rig::plan() const {
  const Result<std::shared_ptr<const Plan>> plan = core_->plan();
  if (!plan) return plan.errors();
  return to_string(**plan);
}

Result<Tables> Rig::tables() const {
  const Result<std::shared_ptr<const Plan>> plan = core_->plan();
  if (!plan) return plan.errors();
  return tables_of(**plan);
}

Result<std::string> Rig::ir(const std::string& controller, const std::string& program,
                            const std::string& target) const {
  const Result<Program> found = find_program(program);
  if (!found) return found.errors();
  const Result<const Target*> machine =
      target.empty() ? Result<const Target*>(&core_->target()) : find_target(target);
  if (!machine) return machine.errors();
  const Result<std::shared_ptr<const Plan>> plan = core_->plan();
  if (!plan) return plan.errors();
  const std::optional<SpecPlaces> source = core_->source();
  const ProgramSymbols symbols{*found};
  return ir_text(**plan, {&symbols, 1}, **machine, controller, source ? &*source : nullptr);
}

Result<std::string> Rig::assembly(const std::string& program, const std::string& target) const {
  const Result<Program> found = find_program(program);
  if (!found) return found.errors();
  const Result<const Target*> machine =
      target.empty() ? Result<const Target*>(&core_->target()) : find_target(target);
  if (!machine) return machine.errors();
  const Result<std::shared_ptr<const Plan>> plan = core_->plan();
  if (!plan) return plan.errors();
  const std::optional<SpecPlaces> source = core_->source();
  const ProgramSymbols symbols{*found};
  return asm_text(**plan, {&symbols, 1}, **machine, source ? &*source : nullptr);
}

Result<std::shared_ptr<const Plan>> Rig::shared_plan() const { return core_->plan(); }

const std::vector<SpecFile>& Rig::spec_files() const noexcept { return core_->spec_files(); }

}  // namespace rigjit
