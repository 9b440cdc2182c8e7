// Builds a Tree from the events of a YAML parser, within bounds.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "yaml/tree.h"

namespace rigjit {

// Why a text has no tree. Thrown by the builder, to leave the parser that calls it back; caught
// where that parser is called.
struct TreeFailure {
  std::string code;
  std::string message;
  std::size_t offset = 0;
  std::optional<std::string> suggestion;
};

// A spec is 7 deep; the rest is for what people keep under x- keys.
inline constexpr std::size_t kMaxDepth = 64;
// 56 bytes each: 450 MB for the worst text of 32 MB.
inline constexpr std::size_t kMaxNodes = 8'000'000;
// 65,536 controllers that alias the same sixty attributes have 55 million.
inline constexpr uint64_t kMaxExpandedNodes = 100'000'000;

// Calls nest as in the document. An anchor is a number from 1, 0 for none.
class TreeBuilder {
 public:
  void scalar(std::size_t offset, std::size_t anchor, std::string_view text, bool plain);
  void null(std::size_t offset, std::size_t anchor, bool written);
  void alias(std::size_t offset, std::size_t anchor);
  void open(Node::Kind kind, std::size_t offset, std::size_t anchor);
  void close();

  // Whether the next value is an item of a list.
  [[nodiscard]] bool in_sequence() const {
    return !open_.empty() && open_.back().node->is_sequence();
  }
  // The offset of the innermost collection that is open.
  [[nodiscard]] std::optional<std::size_t> innermost_open() const;

  // After the last event.
  [[nodiscard]] Tree finish() &&;

 private:
  struct OpenCollection {
    Node* node;
    std::vector<const Node*> children;
  };

  Node* make(Node::Kind kind, std::size_t offset, std::size_t anchor);
  void append(const Node* node);
  void mark_misread_null(std::size_t offset);

  std::unique_ptr<std::pmr::monotonic_buffer_resource> arena_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>();
  std::vector<OpenCollection> open_;
  std::vector<const Node*> by_anchor_;
  std::size_t node_count_ = 0;
  Node* last_null_ = nullptr;  // if no other node began since
  const Node* root_ = nullptr;
};

}  // namespace rigjit
