// A text that a rig is made from.
#pragma once

#include <string>

namespace rigjit {

struct SpecFile {
  std::string name;  // its path, or whatever names it in errors: "<string>"
  std::string text;
};

}  // namespace rigjit
