// What the handles of one loaded rig share: description, code and the Plan again.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/lazy.h"
#include "cache/cache.h"
#include "code/loaded_code.h"
#include "code/program.h"
#include "code/target.h"
#include "compare/mirror_map.h"
#include "describe/description.h"
#include "json/json_text.h"
#include "plan/plan.h"
#include "plan/spec_places.h"
#include "poses/pose_form.h"
#include "rigjit/rig.h"

namespace rigjit {

// Every method may be called from any thread at any time.
class RigCore {
 public:
  // Derives the Plan from the spec again: when something must be compiled, diagnosed or shown.
  using PlanSource = std::function<Result<Plan>()>;
  // What other texts of a spec and its bases mean, their controllers in the namespace of this rig.
  using SpecReader = std::function<Result<Plan>(std::vector<SpecFile>)>;
  // Where in the spec the parts of the Plan come from, for dumps.
  using SourceReader = std::function<Result<SpecPlaces>()>;

  struct Parts {
    RigDescription description;
    // Targets whose code may be used, best first and never empty; new code is made for the first.
    std::vector<const Target*> targets;
    std::shared_ptr<const Cache> cache;
    std::shared_ptr<const std::vector<SpecFile>> spec_files;  // empty: none
    PlanSource plan_source;
    SpecReader spec_reader;      // empty: no spec can be read
    SourceReader source_reader;  // empty: unknown
    Reasons passed_over;         // in the cache, where the description was looked for
  };

  // Finds or compiles the message program. `plan` saves asking the plan source if it is at hand.
  // Errors: those of compile() and of the plan source, "no-executable-memory".
  [[nodiscard]] static Result<std::shared_ptr<const RigCore>> make(
      Parts parts, std::shared_ptr<const Plan> plan = nullptr);

  [[nodiscard]] const RigDescription& description() const noexcept { return description_; }
  [[nodiscard]] const std::string& hash() const noexcept { return hash_; }
  [[nodiscard]] const Target& target() const noexcept { return *target_; }
  [[nodiscard]] const std::string& target_name() const noexcept { return target_name_; }
  [[nodiscard]] Origin origin() const noexcept { return origin_; }
  [[nodiscard]] const std::string& cache_note() const noexcept { return cache_note_; }
  [[nodiscard]] const std::vector<Channel>& channels() const;
  [[nodiscard]] const std::vector<Input>& inputs() const;
  [[nodiscard]] const JsonText& json_text() const;

  [[nodiscard]] const std::vector<SpecFile>& spec_files() const noexcept { return *spec_files_; }

  [[nodiscard]] const LoadedCode& message() const noexcept { return *message_; }
  // Found or compiled at the first call; a failure is tried again at the next.
  [[nodiscard]] Result<const LoadedCode*> values() const {
    return code_of(Program::kValues, values_);
  }
  [[nodiscard]] Result<const LoadedCode*> continuous_message() const {
    return code_of(Program::kMessageContinuous, continuous_message_);
  }
  [[nodiscard]] Result<const LoadedCode*> continuous_values() const {
    return code_of(Program::kValuesContinuous, continuous_values_);
  }
  [[nodiscard]] Result<const LoadedCode*> vector() const {
    return code_of(Program::kVector, vector_);
  }
  // The one of the programs above.
  [[nodiscard]] Result<const LoadedCode*> code(Program program) const;
  // Why the cache has no code of this program now; empty if it has.
  [[nodiscard]] Reason why_not_cached(Program program) const;
  // Made from the Plan at the first call; fails as plan() does.
  [[nodiscard]] Result<const PoseForm*> pose_form() const;
  // Derived at the first call and kept. "spec-changed" if the description is not the plan's.
  [[nodiscard]] Result<std::shared_ptr<const Plan>> plan() const;
  // Read at every call; none where it is unknown.
  [[nodiscard]] std::optional<SpecPlaces> source() const;
  // Of another spec, as spec_files() holds them; none if it is no spec, or none can be read.
  [[nodiscard]] std::optional<Plan> plan_of(std::vector<SpecFile> files) const;
  // Derived from the Plan at the first call and kept. "no-mirror" if the spec has none.
  [[nodiscard]] Result<const MirrorMap*> mirror() const;

 private:
  struct Obtained {
    LoadedCode code;
    const Target* target;
    Origin origin;
    std::string
        note;  // why it was compiled or not kept, or which part of the cache was passed over
  };

  explicit RigCore(Parts parts);
  [[nodiscard]] Result<const LoadedCode*> code_of(Program program, Lazy<LoadedCode>& code) const;
  [[nodiscard]] Result<Obtained> obtain(Program program, const std::vector<const Target*>& targets,
                                        const std::shared_ptr<const Plan>& plan) const;
  [[nodiscard]] Result<Obtained> find_or_compile(Program program,
                                                 const std::vector<const Target*>& targets,
                                                 const std::shared_ptr<const Plan>& plan) const;
  [[nodiscard]] Result<Obtained> compile_and_keep(const CodeKey& key,
                                                  std::shared_ptr<const Plan> plan,
                                                  std::string note) const;
  [[nodiscard]] std::optional<Error> mismatch(const Plan& plan) const;

  // Constant after construction and make().
  const RigDescription description_;
  const std::string hash_;
  const std::shared_ptr<const Cache> cache_;
  const std::shared_ptr<const std::vector<SpecFile>> spec_files_;
  const PlanSource plan_source_;
  const SpecReader spec_reader_;
  const SourceReader source_reader_;
  std::optional<LoadedCode> message_;
  const Target* target_ = nullptr;
  std::string target_name_;
  Origin origin_ = Origin::kCompiled;
  std::string cache_note_;

  mutable Lazy<std::vector<Channel>> channels_;
  mutable Lazy<std::vector<Input>> inputs_;
  mutable Lazy<JsonText> json_text_;
  mutable Lazy<LoadedCode> values_;
  mutable Lazy<LoadedCode> continuous_message_;
  mutable Lazy<LoadedCode> continuous_values_;
  mutable Lazy<LoadedCode> vector_;
  mutable Lazy<PoseForm> pose_form_;
  mutable Lazy<MirrorMap> mirror_;
  mutable Lazy<std::shared_ptr<const Plan>> plan_;
};

// What this folder's files know of a rig beyond its API.
struct RigAccess {
  [[nodiscard]] static const RigCore& core_of(const Rig& rig) { return *rig.core_; }
};

}  // namespace rigjit
