// Files of a rig's vectors, for training data: a safetensors file whose tensor `vectors` is F32 of
// shape (count, vec_size), laid out in engine/clips/clip_format.md.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "rigjit/export.h"
#include "rigjit/result.h"
#include "rigjit/rig.h"

namespace rigjit {

// vecs: count * vec_size() floats, C order; any bits are kept. The file appears under its name
// whole, in place of what was there. Errors: "unwritable-file", "file-in-use", "header-too-large".
[[nodiscard]] RIGJIT_EXPORT Status save_vectors(const std::string& path, const Rig& rig,
                                                const float* vecs, std::size_t count);

struct Vectors {
  std::size_t count = 0;
  std::vector<float> elements;  // count * vec_size()
};

// The namespace does not matter. Errors: "unreadable-file", "malformed-file", and "rig-mismatch",
// which says what differs as diff() does, or from the names of inputs where a file holds no spec.
[[nodiscard]] RIGJIT_EXPORT Result<Vectors> load_vectors(const std::string& path, const Rig& rig);

}  // namespace rigjit
