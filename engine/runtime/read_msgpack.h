// Poses in MessagePack of any writer.
#pragma once

#include <span>

#include "runtime/pose_values.h"

namespace rigjit {

// Reads {controller: {attribute: number}} into `values`: any order, any encoding of strings, maps
// and numbers. What the rig lacks may hold anything that nests less than 64 deep. Fails with
// "malformed-messagepack" for bytes that are not one MessagePack value, each with the offset, and
// "wrong-type" if that is no map. Takes no memory that grows with what a header claims.
[[nodiscard]] Status read_msgpack(std::span<const uint8_t> bytes, PoseValues& values);

}  // namespace rigjit
