#include "spec/bases.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/spec_text.h"
#include "spec/read_source.h"
#include "spec/spec_layer.h"
#include "yaml/text_check.h"

namespace rigjit {
namespace {

// The same for every name of one file; empty where there is no such file.
std::filesystem::path identity_of(const std::string& path) {
  std::error_code error;
  return std::filesystem::canonical(path, error);
}

class Resolver {
 public:
  Resolver(std::vector<SpecFile> files, const std::optional<std::string>& base_dir,
           bool reads_files)
      : files_(std::move(files)), base_dir_(base_dir), reads_files_(reads_files) {}

  Result<ResolvedSpec> resolve() {
    do {
      const auto file = static_cast<uint32_t>(layers_.size());
      layers_.push_back(read_layer(files_[file].text, size_));
      if (file > 0) tell_file(layers_.back().spec, file);
    } while (find_base());
    files_.resize(layers_.size());
    RigSpec spec = merge();
    if (all_errors().empty()) mirror(spec);
    if (Errors errors = all_errors(); !errors.empty()) return errors;
    ResolvedSpec resolved{std::move(spec), std::move(files_), {}};
    for (SpecLayer& layer : layers_) {
      if (layer.base) resolved.bases.push_back(std::move(layer.base->text));
    }
    return resolved;
  }

 private:
  static void tell_file(RigSpec& spec, uint32_t file) {
    for (ControllerSpec& controller : spec.controllers) {
      controller.span.file = file;
      for (SpecSpan& span : controller.transformation_spans) span.file = file;
    }
  }

  // Whether there is a text for the next layer.
  bool find_base() {
    SpecLayer& layer = layers_.back();
    if (!layer.base) return false;
    const auto refuse = [&](const char* code, std::string message) {
      layer.report.add(code, layer.base->place, std::move(message));
      return false;
    };
    if (layers_.size() > kMaxBases) {
      return refuse("too-many-bases",
                    "more than " + std::to_string(kMaxBases) + " bases lie below the spec");
    }
    if (layers_.size() < files_.size()) return true;
    if (!reads_files_) return refuse("missing-base", "the base is not among the texts");
    const auto path =
        base_path(base_directory(files_, layers_.size() - 1, base_dir_), layer.base->text);
    if (!path) {
      return refuse("unknown-directory",
                    "the text is in no directory that its base could be relative to; load it "
                    "from its file, or pass base_dir");
    }
    if (const std::string cycle = cycle_to(*path); !cycle.empty()) {
      return refuse("base-cycle", "the bases form a cycle: " + cycle);
    }
    Result<std::string> text = read_regular_spec(*path);
    if (!text) {
      const Error& error = text.errors().front();
      return refuse(error.code.c_str(), "the base '" + *path + "': " + error.message);
    }
    files_.push_back({*path, std::move(text).value()});
    return true;
  }

  // "a.yaml -> b.yaml -> a.yaml" if the file is one of those that lead to it.
  [[nodiscard]] std::string cycle_to(const std::string& path) const {
    const std::filesystem::path identity = identity_of(path);
    std::string cycle;
    for (const SpecFile& file : files_) {
      if (cycle.empty() && (identity.empty() || identity_of(file.name) != identity)) continue;
      cycle += file.name + " -> ";
    }
    return cycle.empty() ? cycle : cycle + path;
  }

  RigSpec merge() {
    const bool is_whole = !layers_.back().base;
    bool has_all_names = is_whole && layers_.back().has_all_names;
    RigSpec spec = std::move(layers_.back().spec);
    for (std::size_t i = layers_.size() - 1; i-- > 0;) {
      put_on_top(layers_[i], spec, has_all_names);
      has_all_names &= layers_[i].has_all_names;
    }
    return spec;
  }

  // By what the topmost file that has a mirror says.
  void mirror(RigSpec& spec) {
    const auto found = std::ranges::find_if(
        layers_, [](const SpecLayer& layer) { return layer.mirror.has_value(); });
    if (found == layers_.end()) return;
    resolve_mirror(*found->mirror, spec, found->report);
    spec.mirror = std::move(found->mirror->spec);
  }

  [[nodiscard]] Errors all_errors() const {
    Errors all;
    bool are_more = false;
    for (std::size_t i = 0; i < layers_.size() && !are_more; ++i) {
      const Report& report = layers_[i].report;
      if (report.empty()) continue;
      for (Error& error : report.errors(without_bom(files_[i].text), files_[i].name)) {
        all.push_back(std::move(error));
      }
      are_more = report.full() || all.size() > kMaxErrors;
    }
    if (!are_more) return all;
    all.erase(all.begin() + kMaxErrors, all.end());
    Error last = all.back();
    last.code = "too-many-errors";
    last.message = "there are more mistakes than these " + std::to_string(kMaxErrors);
    last.path.reset();
    last.suggestion.reset();
    all.push_back(std::move(last));
    return all;
  }

  std::vector<SpecFile> files_;
  const std::optional<std::string>& base_dir_;
  const bool reads_files_;
  std::vector<SpecLayer> layers_;  // of the first files
  SizeSoFar size_;
};

}  // namespace

Result<ResolvedSpec> resolve_bases(std::vector<SpecFile> files,
                                   const std::optional<std::string>& base_dir) {
  return Resolver(std::move(files), base_dir, true).resolve();
}

Result<ResolvedSpec> resolve_texts(std::vector<SpecFile> files) {
  return Resolver(std::move(files), std::nullopt, false).resolve();
}

Result<ResolvedSpec> resolve_source(const SpecSource& source) {
  Result<SpecTexts> texts = read_source(source);
  if (!texts) return std::move(texts).errors();
  return resolve_bases(std::move(texts->files), texts->base_dir);
}

std::optional<std::string> base_path(const std::optional<std::string>& directory,
                                     const std::string& base) {
  if (base.starts_with('/')) return base;
  if (!directory) return std::nullopt;
  if (directory->empty()) return base;
  return *directory + (directory->ends_with('/') ? "" : "/") + base;
}

std::optional<std::string> base_directory(const std::vector<SpecFile>& files, std::size_t index,
                                          const std::optional<std::string>& base_dir) {
  return index == 0 ? base_dir : directory_of(files[index].name);
}

}  // namespace rigjit
