// What tells a store that the cache directory need not be looked through.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>

namespace rigjit {

// The name of the file, beside the code.
inline constexpr std::string_view kTallyName = ".tally";

// Of a whole cache directory.
struct Tally {
  uint64_t bytes = 0;     // of its files after the last sweep, and of all that was stored since
  std::time_t swept = 0;  // when it was last looked through
};

// Nothing where there is none that can be read and trusted. `directory` is open.
[[nodiscard]] std::optional<Tally> read_tally(int directory);

// A failure is no matter: a store then finds none, and looks through the directory.
void write_tally(int directory, const Tally& tally);

}  // namespace rigjit
