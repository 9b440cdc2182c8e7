#include "rig/rig_core.h"

#include <cassert>

#include "base/interrupted.h"
#include "base/log.h"
#include "base/make_error.h"
#include "code/profile.h"
#include "rig/compile_beside.h"

namespace rigjit {
namespace {

void append(std::string& note, const std::string& more) {
  if (note.find(more) != std::string::npos) return;
  note += (note.empty() ? "" : "; ") + more;
}

void append(std::string& note, const Reasons& reasons) {
  for (const Reason& reason : reasons) append(note, reason);
}

}  // namespace

RigCore::RigCore(Parts parts)
    : description_(std::move(parts.description)),
      hash_(description_.rig_hash.to_hex()),
      cache_(std::move(parts.cache)),
      spec_files_(parts.spec_files ? std::move(parts.spec_files)
                                   : std::make_shared<const std::vector<SpecFile>>()),
      plan_source_(std::move(parts.plan_source)),
      spec_reader_(std::move(parts.spec_reader)),
      source_reader_(std::move(parts.source_reader)) {}

Result<std::shared_ptr<const RigCore>> RigCore::make(
    // NOLINTNEXTLINE(performance-unnecessary-value-param): may be none, and is kept meanwhile
    Parts parts, std::shared_ptr<const Plan> plan) {
  const std::vector<const Target*> targets = parts.targets;
  const Reasons passed_over = std::move(parts.passed_over);
  assert(!targets.empty());
  const std::shared_ptr<RigCore> core(new RigCore(std::move(parts)));
  Result<Obtained> obtained = core->obtain(Program::kMessage, targets, plan);
  if (!obtained) return std::move(obtained).errors();
  core->message_ = std::move(obtained->code);
  core->target_ = obtained->target;
  core->target_name_ = obtained->target->name;
  core->origin_ = obtained->origin;
  core->cache_note_ = std::move(obtained->note);
  append(core->cache_note_, passed_over);
  return std::shared_ptr<const RigCore>(core);
}

Result<RigCore::Obtained> RigCore::obtain(Program program,
                                          const std::vector<const Target*>& targets,
                                          const std::shared_ptr<const Plan>& plan) const {
  Result<Obtained> obtained = find_or_compile(program, targets, plan);
  if (obtained) announce_code(obtained->code, description_.name, program);
  return obtained;
}

Result<RigCore::Obtained> RigCore::find_or_compile(Program program,
                                                   const std::vector<const Target*>& targets,
                                                   const std::shared_ptr<const Plan>& plan) const {
  std::string note;
  Reasons passed_over;
  for (const Target* target : targets) {
    std::expected<LoadedCode, Reason> found =
        cache_->find_code(code_key(description_, program, *target), &passed_over);
    if (found) {
      std::string about_others;
      append(about_others, passed_over);
      append(about_others, cache_->refusals());
      return Obtained{std::move(*found), target, Origin::kCached, std::move(about_others)};
    }
    // What concerns the best target explains the miss; worse targets are seldom there.
    if (note.empty()) note = found.error();
  }
  append(note, passed_over);
  append(note, cache_->refusals());
  log_line(std::string("compiling the ") + to_string(program) + " program of rig '" +
           description_.name + "': " + note);
  const CodeKey key = code_key(description_, program, *targets.front());
  if (plan != nullptr) return compile_and_keep(key, plan, std::move(note));
  const Result<std::shared_ptr<const Plan>> derived = this->plan();
  if (!derived) return derived.errors();
  return compile_and_keep(key, *derived, std::move(note));
}

Result<RigCore::Obtained> RigCore::compile_and_keep(const CodeKey& key,
                                                    std::shared_ptr<const Plan> plan,
                                                    std::string note) const {
  if (interrupted()) return interrupted_error();
  const Target& target = target_of(key.target);
  Result<CodeImage> image = compile_beside(std::move(plan), key.program, target);
  if (!image) return std::move(image).errors();
  if (!offsets_fit(image->offsets, image->bytes.size())) {
    return make_error("compile-failed", "the compiled code has no entry");
  }
  // Fresh and cached code go through the same loader wherever there is a cache.
  std::expected<void, Reason> stored = cache_->store_code(key, *image);
  if (stored) {
    std::expected<LoadedCode, Reason> found = cache_->find_code(key);
    if (found) return Obtained{std::move(*found), &target, Origin::kCompiled, std::move(note)};
    stored = std::unexpected(found.error());
  }
  log_line("not kept: " + stored.error());
  append(note, stored.error());
  Result<LoadedCode> copy = LoadedCode::copy(*image);
  if (!copy) {
    Errors errors = copy.errors();
    std::string& message = errors.front().message;
    message = "the " + std::string(to_string(key.program)) + " program of rig '" +
              description_.name + "': " + message + " (" + note + ")";
    return errors;
  }
  return Obtained{std::move(copy).value(), &target, Origin::kCompiled, std::move(note)};
}

std::optional<Error> RigCore::mismatch(const Plan& plan) const {
  // All of it, also what the hash does not cover: sizes and types decide what code and writers do
  // with the caller's buffers.
  const Result<RigDescription> meant = describe(plan, description_.name, description_.metadata);
  if (!meant) return meant.errors().front();
  if (encode_description(*meant) == encode_description(description_)) return std::nullopt;
  return make_error("spec-changed",
                    "the spec no longer means what it did when the rig was loaded; load it "
                    "again");
}

const std::vector<Channel>& RigCore::channels() const {
  using Channels = std::vector<Channel>;
  return **channels_.get([this]() -> Result<Channels> { return decode_channels(description_); });
}

const std::vector<Input>& RigCore::inputs() const {
  using Inputs = std::vector<Input>;
  return **inputs_.get([this]() -> Result<Inputs> { return decode_inputs(description_); });
}

const JsonText& RigCore::json_text() const {
  return **json_text_.get([this]() -> Result<JsonText> { return JsonText(description_); });
}

Result<const LoadedCode*> RigCore::code_of(Program program, Lazy<LoadedCode>& code) const {
  return code.get([&]() -> Result<LoadedCode> {
    Result<Obtained> obtained = obtain(program, {target_}, nullptr);
    if (!obtained) return std::move(obtained).errors();
    return std::move(obtained->code);
  });
}

Result<const LoadedCode*> RigCore::code(Program program) const {
  switch (program) {
    case Program::kMessage:
      return &message();
    case Program::kValues:
      return values();
    case Program::kVector:
      return vector();
    case Program::kMessageContinuous:
      return continuous_message();
    case Program::kValuesContinuous:
      return continuous_values();
  }
  return &message();
}

Reason RigCore::why_not_cached(Program program) const {
  const std::expected<LoadedCode, Reason> found =
      cache_->find_code(code_key(description_, program, *target_));
  return found ? Reason() : found.error();
}

Result<const PoseForm*> RigCore::pose_form() const {
  return pose_form_.get([this]() -> Result<PoseForm> {
    const Result<std::shared_ptr<const Plan>> plan = this->plan();
    if (!plan) return plan.errors();
    return PoseForm::make(*plan);
  });
}

Result<const MirrorMap*> RigCore::mirror() const {
  return mirror_.get([this]() -> Result<MirrorMap> {
    const Result<std::shared_ptr<const Plan>> plan = this->plan();
    if (!plan) return plan.errors();
    if (!(*plan)->mirror()) {
      return make_error("no-mirror",
                        "the rig's spec does not say what its mirror image is; add a 'mirror' "
                        "with pairs and signs to it");
    }
    return mirror_map(**plan);
  });
}

std::optional<SpecPlaces> RigCore::source() const {
  if (!source_reader_) return std::nullopt;
  Result<SpecPlaces> source = source_reader_();
  if (!source) return std::nullopt;
  return std::move(source).value();
}

std::optional<Plan> RigCore::plan_of(std::vector<SpecFile> files) const {
  if (!spec_reader_ || files.empty()) return std::nullopt;
  Result<Plan> plan = spec_reader_(std::move(files));
  if (!plan) return std::nullopt;
  return std::move(plan).value();
}

Result<std::shared_ptr<const Plan>> RigCore::plan() const {
  using Shared = std::shared_ptr<const Plan>;
  const Result<const Shared*> plan = plan_.get([this]() -> Result<Shared> {
    Result<Plan> derived = plan_source_();
    if (!derived) return std::move(derived).errors();
    if (std::optional<Error> error = mismatch(*derived)) return std::move(*error);
    return Shared(std::make_shared<const Plan>(std::move(derived).value()));
  });
  if (!plan) return plan.errors();
  return **plan;
}

}  // namespace rigjit
