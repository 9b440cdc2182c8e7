#include "yaml/tree_builder.h"

#include <algorithm>

namespace rigjit {
namespace {

template <typename T>
T* allocate(std::pmr::monotonic_buffer_resource& arena, std::size_t count) {
  return static_cast<T*>(arena.allocate(count * sizeof(T), alignof(T)));
}

std::span<const Node* const> keep(std::pmr::monotonic_buffer_resource& arena,
                                  const std::vector<const Node*>& nodes) {
  if (nodes.empty()) return {};
  const Node** copy = allocate<const Node*>(arena, nodes.size());
  std::copy(nodes.begin(), nodes.end(), copy);
  return {copy, nodes.size()};
}

std::string_view keep(std::pmr::monotonic_buffer_resource& arena, std::string_view text) {
  char* copy = allocate<char>(arena, std::max<std::size_t>(text.size(), 1));
  std::copy(text.begin(), text.end(), copy);
  return {copy, text.size()};
}

}  // namespace

Node* TreeBuilder::make(Node::Kind kind, std::size_t offset, std::size_t anchor) {
  if (++node_count_ > kMaxNodes) {
    throw TreeFailure{"too-complex",
                      "the spec has more than " + std::to_string(kMaxNodes) + " keys and values",
                      offset,
                      {}};
  }
  Node* node = new (allocate<Node>(*arena_, 1))
      Node{kind, false, false, static_cast<uint32_t>(offset), 1, {}, {}};
  if (anchor != 0) {
    if (by_anchor_.size() <= anchor) by_anchor_.resize(anchor + 1);
    by_anchor_[anchor] = node;
  }
  return node;
}

void TreeBuilder::append(const Node* node) {
  if (open_.empty()) {
    root_ = node;
  } else {
    open_.back().children.push_back(node);
  }
}

// yaml-cpp gives an empty value the place of whatever follows. If that is the key `null`, the
// value looks like a written null until the key itself arrives with the same place.
void TreeBuilder::mark_misread_null(std::size_t offset) {
  if (last_null_ != nullptr && last_null_->offset == offset) last_null_->empty = true;
  last_null_ = nullptr;
}

void TreeBuilder::scalar(std::size_t offset, std::size_t anchor, std::string_view text,
                         bool plain) {
  mark_misread_null(offset);
  Node* node = make(Node::Kind::kScalar, offset, anchor);
  node->text = keep(*arena_, text);
  node->plain = plain;
  append(node);
}

void TreeBuilder::null(std::size_t offset, std::size_t anchor, bool written) {
  // A key without a value: yaml-cpp gives the value the place of the key.
  const bool is_value =
      !open_.empty() && open_.back().node->is_map() && open_.back().children.size() % 2 == 1;
  const bool at_key = is_value && offset <= open_.back().children.back()->offset;
  if (!at_key) mark_misread_null(offset);
  Node* node = make(Node::Kind::kNull, offset, anchor);
  node->empty = at_key || !written;
  last_null_ = node;
  append(node);
}

void TreeBuilder::alias(std::size_t offset, std::size_t anchor) {
  mark_misread_null(offset);
  const Node* target = anchor < by_anchor_.size() ? by_anchor_[anchor] : nullptr;
  const auto encloses = [&](const OpenCollection& open) { return open.node == target; };
  if (target == nullptr || std::any_of(open_.begin(), open_.end(), encloses)) {
    throw TreeFailure{
        "alias-cycle", "this alias stands inside the value that it refers to", offset, {}};
  }
  append(target);
}

void TreeBuilder::open(Node::Kind kind, std::size_t offset, std::size_t anchor) {
  mark_misread_null(offset);
  if (open_.size() >= kMaxDepth) {
    throw TreeFailure{"too-deep",
                      "values are nested more than " + std::to_string(kMaxDepth) + " deep",
                      offset,
                      {}};
  }
  open_.push_back({make(kind, offset, anchor), {}});
}

void TreeBuilder::close() {
  Node* node = open_.back().node;
  node->children = keep(*arena_, open_.back().children);
  for (const Node* child : node->children) {
    node->expanded_size += child->expanded_size;
    if (node->expanded_size > kMaxExpandedNodes) {
      throw TreeFailure{"alias-bomb",
                        "aliases blow the spec up to more than " +
                            std::to_string(kMaxExpandedNodes) + " keys and values",
                        child->offset,
                        {}};
    }
  }
  open_.pop_back();
  append(node);
}

std::optional<std::size_t> TreeBuilder::innermost_open() const {
  if (open_.empty()) return std::nullopt;
  return open_.back().node->offset;
}

Tree TreeBuilder::finish() && { return {std::move(arena_), root_}; }

}  // namespace rigjit
