// The IR by its properties: text changes between LLVM's versions, these do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "cache/code_key.h"
#include "codegen/link/compile.h"
#include "engine/random_plan.h"

namespace rigjit::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ProgramSymbols kMessage{};

Plan named_plan() {
  PlanBuilder builder;
  builder.begin_controller("x_main_CTRL");
  builder.translation(0, 25, 0);
  builder.begin_controller("l_elbow_CTRL");
  builder.rotation1d(1, false, AngleUnit::kDegrees);
  builder.rotation3d(RotateOrder::kZXY, Rot6dLayout::kRows, AngleUnit::kRadians,
                     RotationOutput::kQuaternion);
  return std::move(builder).build();
}

std::string ir_of(const Plan& plan, const Target& target, std::string_view controller = {},
                  Program program = Program::kMessage) {
  const ProgramSymbols symbols{program};
  auto text = ir_text(plan, {&symbols, 1}, target, controller);
  return text ? *text : "failed: " + to_string(text.errors());
}

class IrOfProgram : public ::testing::TestWithParam<Program> {};

TEST_P(IrOfProgram, HasNeitherBranchNorForeignCall) {
  for (const Target& target : all_targets()) {
    const std::string ir = ir_of(random_plan(31), target, {}, GetParam());
    EXPECT_EQ(ir.find("\n  br "), std::string::npos) << target.name;
    EXPECT_EQ(ir.find(" = phi "), std::string::npos);
    std::set<std::string> defined;
    const std::regex definition(R"re(\ndefine [^@]*@"?([^"(]+)"?\()re"),
        declaration(R"re(\ndeclare [^@]*@([^(]+)\()re");
    for (auto i = std::sregex_iterator(ir.begin(), ir.end(), declaration);
         i != std::sregex_iterator(); ++i) {
      EXPECT_TRUE((*i)[1].str().starts_with("llvm.")) << (*i)[1];
    }
    int external = 0;
    for (auto i = std::sregex_iterator(ir.begin(), ir.end(), definition);
         i != std::sregex_iterator(); ++i) {
      external += i->str().find("internal") == std::string::npos;
    }
    EXPECT_EQ(external, 1);
    EXPECT_EQ(ir.find("\n@"), ir.find("\n@constants = internal constant"));
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, IrOfProgram,
                         ::testing::Values(Program::kMessage, Program::kValues, Program::kVector),
                         [](const auto& program) { return to_string(program.param); });

TEST(Ir, IsNamedAfterTheSpec) {
  const std::string ir = ir_of(named_plan(), host_target());
  EXPECT_THAT(ir, HasSubstr("x_main_CTRL.translateX"));
  EXPECT_THAT(ir, HasSubstr("rotation1d.degrees.sin_cos"));
  EXPECT_THAT(ir, HasSubstr("rotation3d.quaternion.rows"));
}

TEST(Ir, ShowsOneController) {
  const std::string all = ir_of(named_plan(), host_target());
  const std::string one = ir_of(named_plan(), host_target(), "l_elbow_CTRL");
  EXPECT_LT(one.size(), all.size());
  EXPECT_THAT(one, HasSubstr("l_elbow_CTRL"));
  EXPECT_THAT(one, HasSubstr("segment0.message"));
  const auto none = ir_text(named_plan(), {&kMessage, 1}, host_target(), "nobody");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.errors()[0].code, "unknown-controller");
}

TEST(Ir, AssemblyHasNoRelocationToTheOutside) {
  const auto text = asm_text(random_plan(32), {&kMessage, 1}, host_target());
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("rigjit_kernel"));
  EXPECT_THAT(*text, Not(HasSubstr("@PLT")));
  EXPECT_THAT(*text, Not(HasSubstr("@GOT")));
}

// This build may have no back end for it; LLVM's own compiler has.
TEST(Ir, CompilesForAArch64) {
  const char* llc = std::getenv("RIGJIT_LLC");
  const std::string command = llc ? llc : "llc-19";
  if (std::system((command + " --version > /dev/null 2>&1").c_str()) != 0)
    GTEST_SKIP() << "no " << command;
  const auto directory =
      std::filesystem::temp_directory_path() / ("rigjit_ir_" + std::to_string(getpid()));
  std::filesystem::create_directory(directory);
  for (Program program : {Program::kMessage, Program::kValues, Program::kVector}) {
    const ProgramSymbols symbols{program};
    const auto text = ir_text(random_plan(33), {&symbols, 1}, target_of(TargetId::kAArch64));
    ASSERT_TRUE(text.ok());
    std::ofstream(directory / "kernel.ll") << *text;
    const std::string run = command + " -O0 -filetype=asm " + (directory / "kernel.ll").string() +
                            " -o " + (directory / "kernel.s").string();
    EXPECT_EQ(std::system(run.c_str()), 0);
    std::ifstream file(directory / "kernel.s");
    const std::string assembly((std::istreambuf_iterator<char>(file)), {});
    EXPECT_THAT(assembly, HasSubstr("fmla"));
    EXPECT_THAT(assembly, HasSubstr("tbl"));
    EXPECT_THAT(assembly, Not(HasSubstr("bl\tfma")));
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace rigjit::testing
