#include "spec/read_source.h"

#include <algorithm>
#include <utility>

#include "base/spec_text.h"

namespace rigjit {

SpecSource::SpecSource(std::string path) : name_(std::move(path)), base_dir_(directory_of(name_)) {}

SpecSource::SpecSource(const char* path) : SpecSource(std::string(path)) {}

SpecSource SpecSource::text(std::string text, std::string name,
                            std::optional<std::string> base_dir) {
  SpecSource source = texts({{std::move(name), std::move(text)}});
  source.base_dir_ = std::move(base_dir);
  return source;
}

SpecSource SpecSource::texts(std::vector<SpecFile> files) {
  if (files.empty()) files.push_back({"<string>", ""});  // which is refused as any empty text is
  SpecSource source;
  source.is_file_ = false;
  source.name_ = files.front().name;
  source.files_ = std::move(files);
  return source;
}

struct SourceReader {
  static Result<SpecTexts> read(const SpecSource& source) {
    if (source.is_file_) {
      Result<std::string> text = read_spec(source.name_);
      if (!text) return std::move(text).errors();
      return SpecTexts{{{source.name_, std::move(text).value()}}, source.base_dir_};
    }
    return SpecTexts{source.files_, source.base_dir_};
  }
};

Result<SpecTexts> read_source(const SpecSource& source) { return SourceReader::read(source); }

std::string directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {};
  return std::string(path.substr(0, std::max<std::size_t>(slash, 1)));
}

}  // namespace rigjit
