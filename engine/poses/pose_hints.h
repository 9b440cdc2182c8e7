// What keeps a pose's names from being the rig's, where they are near: for messages.
#pragma once

#include <span>
#include <string>

#include "poses/pose_form.h"

namespace rigjit {

// A name in a pose that the rig lacks.
struct ForeignName {
  std::string controller;
  std::string attribute;  // of a controller that the rig has; else empty
  bool is_bytes = false;  // a key of bytes, not of text
};

// "its names have the namespace 'hero', ..."; empty where none of them is near. Linear in the rig's
// size.
[[nodiscard]] std::string hint_at(std::span<const ForeignName> names, const PoseForm& form);

// Whether two names in UTF-8 look alike but differ in how they are composed (Unicode's NFC and
// NFD), told without Unicode's tables: marks that follow a letter are compared with letters that
// have them.
[[nodiscard]] bool differ_in_composition(std::string_view a, std::string_view b);

}  // namespace rigjit
