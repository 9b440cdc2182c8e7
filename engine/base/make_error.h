// How errors are made. Their messages are printable whatever names they tell: no control character
// of a spec, a pose or a path reaches a terminal or a log.
#pragma once

#include <string>

#include "rigjit/error.h"

namespace rigjit {

[[nodiscard]] Error make_error(std::string code, std::string message);
// At a place of the input: "vec[14]", "pose[\"head\"]".
[[nodiscard]] Error error_at(std::string code, std::string message, std::string path);
[[nodiscard]] Error error_in_file(std::string code, std::string message, std::string file);

// "unreadable-file" and "unwritable-file" of category kFile, with the errno; 0: none.
[[nodiscard]] Error unreadable(const std::string& path, int system_error);
[[nodiscard]] Error unwritable(const std::string& path, int system_error);

// The same errors, in this file.
[[nodiscard]] Errors in_file(Errors errors, const std::string& path);

}  // namespace rigjit
