// What the page shows, as the JSON that its script reads.
#pragma once

#include <string>

#include "code/code_listing.h"
#include "code/target.h"
#include "plan/plan.h"
#include "plan/spec_places.h"
#include "rigjit/explain.h"

namespace rigjit {

struct PageContent {
  const Rig& rig;
  const Plan& plan;
  const SpecPlaces* source;  // null: unknown
  const CodeListing& code;
  const Target& target;
  const ExplainOptions& options;
};

// Safe inside a <script> element: no `<` is in it. Errors: as message_layout().
[[nodiscard]] Result<std::string> page_data(const PageContent& content);

}  // namespace rigjit
