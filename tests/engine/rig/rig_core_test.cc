#include "rig/rig_core.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>
#include <vector>

#include "describe/type_codec.h"
#include "engine/rig_fixture.h"

namespace rigjit {
namespace {

using testing::HasSubstr;

TEST(RigCore, IsCompiledOnceAndCachedAfter) {
  const ScratchDir dir;
  const auto cache = std::make_shared<const DirectoryCache>(dir.path("cache"));
  int derived = 0;
  const auto first = small_core(cache, &derived);
  ASSERT_TRUE(first) << to_string(first.errors());
  EXPECT_EQ((*first)->origin(), Origin::kCompiled);
  EXPECT_THAT((*first)->cache_note(), HasSubstr("does not exist"));
  EXPECT_EQ(derived, 1);
  const auto second = small_core(cache, &derived);
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->origin(), Origin::kCached);
  EXPECT_EQ((*second)->cache_note(), "");
  EXPECT_EQ(derived, 1);
}

TEST(RigCore, RunsWithoutACacheAndSaysWhy) {
  const auto core = small_core(no_cache());
  ASSERT_TRUE(core);
  EXPECT_EQ((*core)->origin(), Origin::kCompiled);
  EXPECT_EQ((*core)->cache_note(), "the test wants none");
}

TEST(RigCore, HasTheSameBytesFreshCachedAndUncached) {
  const ScratchDir dir;
  const auto cache = std::make_shared<const DirectoryCache>(dir.path());
  const std::vector<float> vec = good_vec();
  std::vector<std::vector<uint8_t>> messages;
  for (const auto& from :
       {std::shared_ptr<const Cache>(cache), std::shared_ptr<const Cache>(cache), no_cache()}) {
    const auto core = small_core(from);
    ASSERT_TRUE(core);
    const Rig rig(*core, (*core)->origin());
    messages.emplace_back(rig.msgpack_size());
    ASSERT_TRUE(rig.vec_to_rig(vec.data(), messages.back().data()));
  }
  EXPECT_EQ(messages[0], messages[1]);
  EXPECT_EQ(messages[0], messages[2]);
}

TEST(RigCore, CompilesTheValuesProgramWhenItIsAskedFor) {
  const ScratchDir dir;
  const auto cache = std::make_shared<const DirectoryCache>(dir.path());
  const auto core = small_core(cache);
  ASSERT_TRUE(core);
  EXPECT_EQ(files_below(dir.path()).size(), 1u);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_TRUE((*core)->values()); });
  }
  threads.clear();
  EXPECT_EQ(files_below(dir.path()).size(), 2u);
  EXPECT_EQ(*(*core)->values(), *(*core)->values());
}

TEST(RigCore, TriesAgainAfterAPlanSourceFailed) {
  bool broken = true;
  RigCore::Parts parts;
  parts.description = some_description();
  parts.targets = {&host_target()};
  parts.cache = no_cache();
  parts.plan_source = [&]() -> Result<Plan> {
    if (!broken) return small_plan();
    Error error;
    error.code = "broken";
    return error;
  };
  const Plan plan = small_plan();
  const auto core = RigCore::make(std::move(parts), std::make_shared<const Plan>(plan));
  ASSERT_TRUE(core);
  ASSERT_FALSE((*core)->values());
  EXPECT_EQ((*core)->values().errors().front().code, "broken");
  EXPECT_FALSE(Rig(*core, Origin::kCompiled).plan());
  broken = false;
  EXPECT_TRUE((*core)->values());
  EXPECT_TRUE(Rig(*core, Origin::kCompiled).plan());
}

// A forged record must not make a kernel write beyond the caller's buffer.
TEST(RigCore, RefusesAPlanThatIsNotTheDescribedOne) {
  RigCore::Parts parts;
  parts.description = some_description();
  parts.targets = {&host_target()};
  parts.cache = no_cache();
  parts.plan_source = []() -> Result<Plan> {
    PlanBuilder builder;
    builder.begin_controller("other");
    builder.constant("on", 1);
    return std::move(builder).build();
  };
  const auto core = RigCore::make(std::move(parts));
  ASSERT_FALSE(core);
  EXPECT_EQ(core.errors().front().code, "spec-changed");
}

TEST(RigCore, RefusesADescriptionThatIsNotThePlans) {
  using Change = std::function<void(RigDescription&)>;
  const std::vector<Change> changes = {
      [](RigDescription& d) { ++d.rig_hash.low; },
      [](RigDescription& d) { --d.msgpack_size; },
      [](RigDescription& d) { ++d.msgpack_size; },
      [](RigDescription& d) { d.name_space = "a:"; },
      [](RigDescription& d) { d.rest_vec[0] += 1; },
      [](RigDescription& d) {
        std::vector<Channel> channels = decode_channels(d);
        channels[0].type = ChannelType::kInt;
        d.channel_types = encode_types(channels);
      },
      [](RigDescription&) {},
  };
  for (const Change& change : changes) {
    RigCore::Parts parts;
    parts.description = some_description();
    change(parts.description);
    parts.targets = {&host_target()};
    parts.cache = no_cache();
    parts.plan_source = []() -> Result<Plan> { return small_plan(); };
    const auto core = RigCore::make(std::move(parts));
    if (&change == &changes.back()) {
      EXPECT_TRUE(core);
    } else {
      ASSERT_FALSE(core);
      EXPECT_EQ(core.errors().front().code, "spec-changed");
    }
  }
}

TEST(RigCore, ShowsPlanIrAndAssemblyOfCachedCode) {
  const ScratchDir dir;
  const auto cache = std::make_shared<const DirectoryCache>(dir.path());
  ASSERT_TRUE(small_core(cache));
  const auto core = small_core(cache);
  ASSERT_TRUE(core);
  const Rig rig(*core, (*core)->origin());
  EXPECT_EQ(rig.origin(), Origin::kCached);
  const auto plan = rig.plan();
  ASSERT_TRUE(plan);
  EXPECT_EQ(*plan, to_string(small_plan()));
  const auto ir = rig.ir();
  ASSERT_TRUE(ir) << to_string(ir.errors());
  EXPECT_THAT(*ir, HasSubstr("define"));
  const auto assembly = rig.assembly();
  ASSERT_TRUE(assembly);
  EXPECT_THAT(*assembly, HasSubstr("ret"));
  const auto nobody = rig.ir("nobody");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.errors().front().code, "unknown-controller");
}

TEST(RigCore, DescribesTheRig) {
  const auto core = small_core(no_cache());
  ASSERT_TRUE(core);
  const Rig rig(*core, Origin::kMemory);
  EXPECT_EQ(rig.name(), "small");
  EXPECT_EQ(rig.hash(), rig_hash(small_plan()).to_hex());
  EXPECT_EQ(rig.target(), host_target().name);
  EXPECT_STREQ(to_string(rig.origin()), "memory");
  EXPECT_EQ(rig.vec_size(), 8u);
  EXPECT_EQ(rig.channel_count(), 6u);
  EXPECT_EQ(rig.channels().size(), 6u);
  EXPECT_EQ(rig.inputs().size(), 8u);
  EXPECT_EQ(rig.rest_vec().size(), 8u);
}

}  // namespace
}  // namespace rigjit
