// The page's files, as engine/explain/page holds them.
#pragma once

#include <string_view>

namespace rigjit {

// With @TITLE@, @STYLE@, @DATA@, @EVALUATOR@ and @SCRIPT@ where the others go.
[[nodiscard]] std::string_view page_html();
[[nodiscard]] std::string_view page_style();
[[nodiscard]] std::string_view page_evaluator();
[[nodiscard]] std::string_view page_script();

}  // namespace rigjit
