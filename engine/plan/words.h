// Numbers and enumerators of a Plan as the spec writes them.
#pragma once

#include <string>

#include "plan/plan.h"

namespace rigjit {

// The shortest digits that read back as the same float.
[[nodiscard]] std::string digits(float value);

[[nodiscard]] const char* word_of(Rot6dLayout layout);     // "columns"
[[nodiscard]] const char* word_of(RotationOutput output);  // "euler"

}  // namespace rigjit
