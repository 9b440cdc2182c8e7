// Whether code or data of a file may be believed: the checksum catches damage, ownership gives
// trust.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

namespace rigjit {

// Why a cache directory or a file in it is refused: it is owned by neither this process's effective
// user nor root, or group or others may write it. Nothing when it may be trusted. Only what is
// open is judged, never a path, so parents need no judging.
[[nodiscard]] std::optional<std::string> distrust(const struct stat& status);

}  // namespace rigjit
