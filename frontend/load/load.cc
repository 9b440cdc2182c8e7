#include "rigjit/load.h"

#include <memory>

#include "base/log.h"
#include "base/make_error.h"
#include "base/no_fork.h"
#include "base/spec_text.h"
#include "cache/cache_layers.h"
#include "cache/spec_record.h"
#include "load/frontend_build.h"
#include "load/load_targets.h"
#include "load/loading.h"
#include "lower/lower.h"
#include "lower/name_space.h"
#include "lower/spec_places.h"
#include "rig/rig_core.h"
#include "rig/rig_registry.h"
#include "spec/bases.h"

namespace rigjit {
namespace {

// What besides the texts decides what a spec means: the code that reads it, and those load options
// that change the Plan or the message (the target, for one, does not).
std::string meaning(const LoadOptions& options) {
  return frontend_build().to_hex() + options.name_space;
}

using Files = std::vector<SpecFile>;

// Of the first `count` files.
RecordKey key_of_files(const Files& files, std::size_t count, const LoadOptions& options) {
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < count; ++i) texts.emplace_back(files[i].text);
  return record_key(texts, meaning(options));
}

class Loading {
 public:
  Loading(SpecTexts texts, const LoadOptions& options, Targets targets, Sharing sharing)
      : files_(std::move(texts.files)),
        base_dir_(std::move(texts.base_dir)),
        options_(options),
        shares_(options.cache && sharing == Sharing::kWithProcess),
        targets_(std::move(targets)),
        cache_(options.cache ? open_cache(options.cache_dir)
                             : std::make_shared<NullCache>("the caller wants no cache")) {}

  Result<Rig> run() {
    key_ = key_of(files_, files_.size());
    if (find_shared()) return Rig(shared_, Origin::kMemory);
    if (!shares_) {
      const NoFork no_fork;
      return load_anew();
    }
    const RigRegistry::Turn turn(RigRegistry::process(), load_key());
    return load_anew();
  }

 private:
  Result<Rig> load_anew() {
    if (look_up()) return shared_ ? Rig(shared_, Origin::kMemory) : finish(nullptr);
    Result<ResolvedSpec> resolved = resolve_bases(std::move(files_), base_dir_);
    if (!resolved) return std::move(resolved).errors();
    files_ = std::move(resolved->files);
    if (Errors errors = check_name_space(options_.name_space, resolved->spec); !errors.empty()) {
      return errors;
    }
    key_ = key_of(files_, files_.size());
    if (files_.size() > 1 && find_shared()) return Rig(shared_, Origin::kMemory);
    const auto plan = std::make_shared<const Plan>(lower(resolved->spec, options_.name_space));
    Result<RigDescription> description =
        describe(*plan, std::move(resolved->spec.name), std::move(resolved->spec.metadata));
    if (!description) return std::move(description).errors();
    description_ = std::move(description).value();
    store_records(std::move(resolved->bases));
    return finish(plan);
  }

  // What the process and the cache know of the texts, without reading YAML: shared_ or
  // description_ with key_ and all files. The records say one by one which text is needed next.
  bool look_up() {
    Files files = files_;
    for (std::size_t count = 1; count <= kMaxBases + 1; ++count) {
      key_ = key_of(files, count);
      if (find_shared()) return true;
      std::expected<SpecRecord, Reason> record = cache_->find_record(key_, &passed_over_);
      if (!record) {
        log_line("reading the spec: " + record.error());
        return false;
      }
      if (auto* description = std::get_if<RigDescription>(&*record)) {
        description_ = std::move(*description);
        files.resize(count);
        files_ = std::move(files);
        return true;
      }
      const bool is_known = count < files.size();
      if (!is_known && !read_base(files, std::get<BaseLink>(*record).base)) return false;
    }
    return false;
  }

  bool read_base(Files& files, const std::string& base) const {
    const auto path = base_path(base_directory(files, files.size() - 1, base_dir_), base);
    if (!path) return false;
    Result<std::string> text = read_regular_spec(*path);
    if (!text) return false;
    files.push_back({*path, std::move(text).value()});
    return true;
  }

  [[nodiscard]] RecordKey key_of(const Files& files, std::size_t count) const {
    return key_of_files(files, count, options_);
  }

  [[nodiscard]] LoadKey load_key() const {
    return {key_.digest, key_.text_size, options_.target.value_or(std::string()),
            cache_->location()};
  }

  bool find_shared() {
    if (shares_) shared_ = RigRegistry::process().find(load_key());
    return shared_ != nullptr;
  }

  void store_records(std::vector<std::string> bases) const {
    const auto store = [&](const RecordKey& key, const SpecRecord& record) {
      const std::expected<void, Reason> stored = cache_->store_record(key, record);
      if (!stored) log_line("the spec's record is not kept: " + stored.error());
    };
    for (std::size_t i = 0; i < bases.size(); ++i) {
      store(key_of(files_, i + 1), BaseLink{std::move(bases[i])});
    }
    store(key_, description_);
  }

  // `plan`: if the YAML had to be read.
  Result<Rig> finish(std::shared_ptr<const Plan> plan) {
    RigCore::Parts parts;
    parts.description = std::move(description_);
    parts.targets = std::move(targets_);
    parts.cache = cache_;
    parts.passed_over = std::move(passed_over_);
    parts.spec_files = std::make_shared<const Files>(std::move(files_));
    parts.spec_reader = [name_space = options_.name_space](Files files) -> Result<Plan> {
      const Result<ResolvedSpec> resolved = resolve_texts(std::move(files));
      if (!resolved) return resolved.errors();
      return lower(resolved->spec, name_space);
    };
    parts.source_reader = [files = parts.spec_files,
                           name_space = options_.name_space]() -> Result<SpecPlaces> {
      const Result<ResolvedSpec> resolved = resolve_texts(*files);
      if (!resolved) return resolved.errors();
      return spec_places(*resolved, lower(resolved->spec, name_space));
    };
    parts.plan_source = [files = parts.spec_files, read = parts.spec_reader] {
      return read(*files);
    };
    const Result<std::shared_ptr<const RigCore>> core =
        RigCore::make(std::move(parts), std::move(plan));
    if (!core) return core.errors();
    if (shares_) RigRegistry::process().insert(load_key(), *core);
    return Rig(*core, (*core)->origin());
  }

  Files files_;
  const std::optional<std::string> base_dir_;  // of the first file
  const LoadOptions& options_;
  const bool shares_;
  Targets targets_;
  std::shared_ptr<const Cache> cache_;
  RecordKey key_;
  Reasons passed_over_;  // when records were looked for
  std::shared_ptr<const RigCore> shared_;
  RigDescription description_;
};

}  // namespace

Result<Rig> load_for(SpecTexts texts, const LoadOptions& options, Targets targets,
                     Sharing sharing) {
  if (std::optional<Error> error = check_name_space(options.name_space)) return *std::move(error);
  return Loading(std::move(texts), options, std::move(targets), sharing).run();
}

Result<Rig> load(const SpecSource& spec, const LoadOptions& options) {
  Result<SpecTexts> texts = read_source(spec);
  if (!texts) return std::move(texts).errors();
  Result<Targets> targets = targets_for(options.target);
  if (!targets) return std::move(targets).errors();
  return load_for(std::move(texts).value(), options, std::move(targets).value(),
                  Sharing::kWithProcess);
}

Result<Rig> loads(std::string_view text, const LoadOptions& options, const std::string& file) {
  return load(SpecSource::text(std::string(text), file, options.base_dir), options);
}

}  // namespace rigjit
