// The only way in which the engine speaks without being asked.
#pragma once

#include <string_view>

namespace rigjit {

// One line to stderr if $RIGJIT_LOG is "1", else nothing.
void log_line(std::string_view line);

}  // namespace rigjit
