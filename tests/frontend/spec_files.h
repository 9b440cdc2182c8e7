// Specs of several files for tests.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace rigjit {

// A directory that is removed with what is in it.
class SpecDirectory {
 public:
  SpecDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "rigjit-specs-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  SpecDirectory(const SpecDirectory&) = delete;
  SpecDirectory& operator=(const SpecDirectory&) = delete;
  ~SpecDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] std::string path(const std::string& name = {}) const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }
  // Writes "rigjit: 1" and `rest`, and returns the file's path.
  std::string write(const std::string& name, const std::string& rest) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << "rigjit: 1\n" << rest;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

// "controllers:" with a line for each: "root: {translation: {scale: 2}}" as name and options.
inline std::string controllers_of(
    std::initializer_list<std::pair<const char*, const char*>> controllers) {
  std::string text = "controllers:\n";
  for (const auto& [name, transformation] : controllers) {
    text += std::string("  - {name: ") + name + ", transformations: [" + transformation + "]}\n";
  }
  return text;
}

}  // namespace rigjit
