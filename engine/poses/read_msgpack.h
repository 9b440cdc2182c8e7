// Poses in MessagePack of any writer.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "poses/pose_values.h"

namespace rigjit {

// Reads {controller: {attribute: number}} into `values`: any order, any encoding of strings, maps
// and numbers. What the rig lacks may hold anything that nests less than 64 deep. Fails with
// "malformed-messagepack" for bytes that are not one MessagePack value, each with the offset, and
// "wrong-type" if that is no map. Takes no memory that grows with what a header claims.
[[nodiscard]] Status read_msgpack(std::span<const uint8_t> bytes, PoseValues& values);

// The size of the MessagePack value that `bytes` begin with; 0 if it is cut.
// "malformed-messagepack" for what is none, or nests deeper than a pose may.
[[nodiscard]] Result<std::size_t> message_size(std::string_view bytes);

}  // namespace rigjit
