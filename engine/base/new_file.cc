#include "base/new_file.h"

namespace rigjit {

NewFile::~NewFile() {
  if (!temporary_.empty()) [[maybe_unused]]
    const SysStatus removed = remove_at(directory_, temporary_.c_str());
}

std::expected<void, StepFault> NewFile::publish(const std::string& name) {
  if (const SysStatus closed = file_.close(); !closed) {
    return std::unexpected(StepFault{"closing", closed.error()});
  }
  return rename(name);
}

std::expected<void, StepFault> NewFile::publish_durably(const std::string& name) {
  if (const SysStatus synced = sync_file(fd()); !synced) {
    return std::unexpected(StepFault{"writing to the disk", synced.error()});
  }
  return rename(name);
}

std::expected<void, StepFault> NewFile::rename(const std::string& name) {
  const SysStatus renamed = rename_at(directory_, temporary_.c_str(), name.c_str());
  if (!renamed) return std::unexpected(StepFault{"renaming", renamed.error()});
  temporary_.clear();
  return {};
}

}  // namespace rigjit
