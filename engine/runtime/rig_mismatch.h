// Saying how a file's rig differs from the one at hand.
#pragma once

#include <string>

#include "rigjit/error.h"
#include "runtime/json_table.h"
#include "runtime/safetensors.h"

namespace rigjit {

// "rig-mismatch": what the rows that name the file's channels or inputs have besides, lack, have in
// another order or have otherwise. `what`: "channels", "inputs". Rows are named by their first
// `name_cells` cells.
[[nodiscard]] Error rig_mismatch(const Strings& metadata, const std::string& rig_name,
                                 const std::string& rig_hash, const std::string& what,
                                 const JsonTable& in_file, const JsonTable& in_rig,
                                 std::size_t name_cells);

}  // namespace rigjit
