// The only way in which the engine speaks without being asked.
#pragma once

#include <string_view>

namespace rigjit {

// One line to stderr if $RIGJIT_LOG is "1", else nothing; nothing either where the process was
// started without a standard error, whose number may be that of a file by now.
void log_line(std::string_view line);

// A whole line to stderr, where there is one, of a process that is about to end. Asks for no
// memory.
void write_last_line(std::string_view line) noexcept;

}  // namespace rigjit
