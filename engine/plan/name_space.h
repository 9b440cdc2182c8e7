// Maya's namespaces in names.
#pragma once

#include <string>
#include <string_view>

namespace rigjit {

// The name in the scene of what the spec calls `name`: "hero:ctrl". As Maya's references do, every
// part of a DAG path gets the namespace, "|hero:grp|hero:ctrl"; a colon that a part begins with
// stays first, ":hero:ctrl"; one that has a namespace is put into it with that, "hero:prop:ctrl".
// An empty namespace changes nothing.
[[nodiscard]] std::string in_name_space(std::string_view name_space, std::string_view name);

// Back: the spec's name. Parts that are not in the namespace stay as they are.
[[nodiscard]] std::string without_name_space(std::string_view name_space, std::string_view name);

}  // namespace rigjit
