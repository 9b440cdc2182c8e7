// The descriptors 0, 1 and 2, which whoever starts the program may have closed.
#pragma once

namespace rigjit::cli {

// Opens those that are closed on /dev/null, as the program's first step: the first file that it
// opens would otherwise get such a number, and what is printed or complained of go into that file.
// False where that fails.
[[nodiscard]] bool open_standard_streams();

}  // namespace rigjit::cli
