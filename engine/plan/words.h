// Numbers and enumerators of a Plan as the spec writes them.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"

namespace rigjit {

// The shortest digits that read back as the same float.
[[nodiscard]] std::string digits(float value);
[[nodiscard]] std::string digits(double value);  // of that float if it is one

[[nodiscard]] std::string list_of_names(const std::vector<std::string>& names);  // "[IK, FK]"

[[nodiscard]] const char* word_of(LimitRule rule);         // "clamp"
[[nodiscard]] const char* word_of(Rot6dLayout layout);     // "columns"
[[nodiscard]] const char* word_of(RotationOutput output);  // "euler"

}  // namespace rigjit
