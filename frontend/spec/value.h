// A node together with the way that led to it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "yaml/tree.h"

namespace rigjit {

// Values form a chain on the stack: `parent` must outlive this one. The text of a path is only made
// when an error needs it.
struct Value {
  const Node* node;
  const Node* key = nullptr;  // of a map's value
  const Value* parent = nullptr;
  std::size_t index = 0;  // of a list's item
  bool silent = false;    // adds no step to the path

  [[nodiscard]] Value item(std::size_t i) const {
    return {node->children[i], nullptr, this, i, false};
  }
};

// "$.controllers[2].transformations[0].axes"; keys other than words are quoted: $.metadata["a b"].
[[nodiscard]] std::string path_of(const Value& value);

}  // namespace rigjit
