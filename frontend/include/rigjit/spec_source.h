// Where a spec is read from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/spec_file.h"

namespace rigjit {

// A file, or texts. A path stands for its file wherever a SpecSource is wanted: load("hero.yaml").
// A value: copies are independent, and one may be used again and again; a file is read each time.
class RIGJIT_EXPORT SpecSource {
 public:
  SpecSource(std::string path);  // NOLINT(google-explicit-constructor): a path is a source
  SpecSource(const char* path);  // NOLINT(google-explicit-constructor)

  // YAML, UTF-8. name: what errors call it. base_dir: the directory that a relative `base` of the
  // text starts from; "" is the current one; none: such a base is an error. Bases are read from
  // their files.
  static SpecSource text(std::string text, std::string name = "<string>",
                         std::optional<std::string> base_dir = {});

  // A spec and all its bases, each the base of the one before, as Rig::spec_files() returns them.
  // No file is read.
  static SpecSource texts(std::vector<SpecFile> files);

  // The path, or what errors call the text.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  friend struct SourceReader;  // frontend/spec/read_source.h
  SpecSource() = default;

  std::string name_;
  bool is_file_ = true;
  std::vector<SpecFile> files_;  // of texts, the spec first
  std::optional<std::string> base_dir_;
};

// The base_dir of a spec's file: "rigs" of "rigs/hero.yaml", "" of "hero.yaml".
[[nodiscard]] RIGJIT_EXPORT std::string directory_of(std::string_view path);

}  // namespace rigjit
