// What a YAML document says, with aliases resolved: scalars as text, maps and sequences in the
// order of the file. Knows nothing of rigs and nothing of yaml-cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>

namespace rigjit {

struct Node {
  enum class Kind : uint8_t { kNull, kScalar, kSequence, kMap };

  Kind kind;
  bool plain;              // a scalar written without quotes
  bool empty;              // a null that stands for nothing at all, not for `null` or `~`
  uint32_t offset;         // in bytes from the beginning of the text
  uint64_t expanded_size;  // nodes of this subtree, aliased ones counted each time
  std::string_view text;   // of a scalar
  std::span<const Node* const> children;  // items of a sequence; key, value, key, value … of a map

  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::kSequence; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
};

// Owns its nodes. A node that aliases refer to is shared: the tree is a directed acyclic graph.
struct Tree {
  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena;
  const Node* root = nullptr;
};

}  // namespace rigjit
