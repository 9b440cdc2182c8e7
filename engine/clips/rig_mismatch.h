// Saying how a file's rig differs from the one at hand.
#pragma once

#include <string>

#include "clips/json_table.h"
#include "clips/safetensors.h"
#include "rigjit/diff.h"
#include "rigjit/error.h"

namespace rigjit {

// What the rows that name the file's channels or inputs have besides, lack, have in another order
// or have otherwise. `what`: "channels", "inputs". Rows are named by their first `name_cells`
// cells.
[[nodiscard]] std::string table_difference(const std::string& what, const JsonTable& in_file,
                                           const JsonTable& in_rig, std::size_t name_cells);

// The lines of to_string(diff) as one, of many the first.
[[nodiscard]] std::string one_line(const RigDiff& diff);

// "rig-mismatch": the file's metadata against the rig's name and hash, and how they differ.
[[nodiscard]] Error rig_mismatch(const Strings& metadata, const std::string& rig_name,
                                 const std::string& rig_hash, const std::string& difference);

}  // namespace rigjit
