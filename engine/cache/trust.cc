#include "cache/trust.h"

#include <unistd.h>

namespace rigjit {

std::optional<std::string> distrust(const struct stat& status) {
  constexpr uid_t kRoot = 0;
  const uid_t self = ::geteuid();
  if (status.st_uid != self && status.st_uid != kRoot) {
    return "it belongs to user " + std::to_string(status.st_uid) + ", not to user " +
           std::to_string(self);
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return "users other than its owner may write it (chmod go-w)";
  }
  return std::nullopt;
}

}  // namespace rigjit
