// Names as Maya writes them in a namespace.
#include "plan/name_space.h"

#include <gtest/gtest.h>

#include "plan/plan.h"

namespace rigjit {
namespace {

TEST(InNameSpace, FollowsMayasRule) {
  const struct {
    const char* name_space;
    const char* plain;
    const char* full;
  } cases[] = {
      {"hero", "ctrl", "hero:ctrl"},
      {"shot:hero", "ctrl", "shot:hero:ctrl"},
      {"hero", "|grp|ctrl", "|hero:grp|hero:ctrl"},
      {"shot:hero", "|grp|ctrl", "|shot:hero:grp|shot:hero:ctrl"},
      {"hero", "grp|ctrl", "hero:grp|hero:ctrl"},
      {"hero", "prop:ctrl", "hero:prop:ctrl"},
      {"hero", "|prop:grp|ctrl", "|hero:prop:grp|hero:ctrl"},
      {"hero", ":ctrl", ":hero:ctrl"},
      {"hero", "|:grp|:prop:ctrl", "|:hero:grp|:hero:prop:ctrl"},
      {"hero", "hero:ctrl", "hero:hero:ctrl"},
      {"hero", "|", "|"},
      {"hero", "a||b", "hero:a||hero:b"},
      {"hero", "a|", "hero:a|"},
      {"hero", ":", ":"},
      {"", "|grp|ctrl", "|grp|ctrl"},
      {"右", "|手", "|右:手"},
  };
  for (const auto& [name_space, plain, full] : cases) {
    EXPECT_EQ(in_name_space(name_space, plain), full);
    EXPECT_EQ(without_name_space(name_space, full), plain);
  }
  EXPECT_EQ(without_name_space("hero", "villain:ctrl"), "villain:ctrl");
}

TEST(InNameSpace, IsNoPartOfAPlansHash) {
  const auto plan_in = [](const std::string& name_space) {
    PlanBuilder builder(name_space);
    for (const char* name : {"|grp|ctrl", ":ctrl", "prop:ctrl"}) {
      builder.begin_controller(name);
      builder.translation(0, 1, 0);
    }
    return std::move(builder).build();
  };
  const Plan plan = plan_in("shot:hero");
  EXPECT_EQ(plan.controllers()[0].name, "|shot:hero:grp|shot:hero:ctrl");
  EXPECT_EQ(rig_hash(plan), rig_hash(plan_in("")));
}

}  // namespace
}  // namespace rigjit
