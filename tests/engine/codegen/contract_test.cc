// The kernel's contract: exact reads and writes, any float state, deterministic images.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "compiled.h"
#include "engine/random_plan.h"

namespace rigjit::testing {
namespace {

// A buffer that ends, or begins, at a page that may not be touched.
class Guarded {
 public:
  Guarded(size_t size, bool at_end) : size_(size) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    inner_ = (size + page - 1) / page * page;
    base_ = static_cast<uint8_t*>(
        mmap(nullptr, inner_ + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mapped_ = inner_ + 2 * page;
    if (base_ == MAP_FAILED || mprotect(base_ + page, inner_, PROT_READ | PROT_WRITE) != 0) abort();
    data_ = base_ + page + (at_end ? inner_ - size : 0);
    memset(base_ + page, 0x5a, inner_);
  }
  ~Guarded() { munmap(base_, mapped_); }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  uint8_t* data() { return data_; }
  // Whether the bytes of its pages around the buffer are as they were.
  [[nodiscard]] bool untouched_around() const {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    for (const uint8_t* p = base_ + page; p < base_ + page + inner_; ++p) {
      if ((p < data_ || p >= data_ + size_) && *p != 0x5a) return false;
    }
    return true;
  }

 private:
  size_t size_, inner_ = 0, mapped_ = 0;
  uint8_t* base_ = nullptr;
  uint8_t* data_ = nullptr;
};

Plan small_plan(uint32_t index) {
  PlanBuilder builder;
  builder.begin_controller("c");
  if (index == 0) builder.translation(0, 1, 0);
  if (index == 1) builder.rotation1d(1, false, AngleUnit::kDegrees);
  if (index == 2) {
    builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                       RotationOutput::kEuler);
  }
  if (index == 3) {
    builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kRows, AngleUnit::kDegrees,
                       RotationOutput::kQuaternion);
  }
  return std::move(builder).build();
}

class Contract : public ::testing::TestWithParam<const Target*> {};

TEST_P(Contract, TouchesNothingButInputAndOutput) {
  std::vector<Plan> plans;
  for (uint32_t i = 0; i < 4; ++i) plans.push_back(small_plan(i));
  for (uint32_t controllers = 1; controllers < 40; controllers += 3) {
    RandomPlanOptions options;
    options.controllers = controllers;
    plans.push_back(random_plan(controllers, options));
  }
  // Around a segment's size, where the last part may be shorter than a vector.
  for (uint32_t count : {1021u, 1022u, 1023u, 1025u, 2049u}) {
    PlanBuilder builder;
    builder.begin_controller("large");
    for (uint32_t i = 0; i < count; ++i) {
      builder.attribute("a" + std::to_string(i), 1, 0, -1e9f, 1e9f);
    }
    plans.push_back(std::move(builder).build());
  }
  std::mt19937_64 bits(2);
  for (const Plan& plan : plans) {
    const std::vector<float> vec = random_vec(plan, bits);
    const size_t message_size = message_layout(plan)->bytes.size();
    const std::vector<float> values =
        values_of(plan, compiled(plan, Program::kValues, *GetParam()), vec).values;
    for (Program program : {Program::kMessage, Program::kValues, Program::kVector}) {
      const LoadedCode code = compiled(plan, program, *GetParam());
      const std::vector<float>& input = program == Program::kVector ? values : vec;
      const size_t size = program == Program::kMessage  ? message_size
                          : program == Program::kValues ? 4 * values.size()
                                                        : 4 * vec.size();
      for (bool at_end : {false, true}) {
        Guarded in(4 * input.size(), at_end), out(size, at_end);
        if (!input.empty()) memcpy(in.data(), input.data(), 4 * input.size());
        ASSERT_EQ(code(reinterpret_cast<const float*>(in.data()), out.data()), 0u);
        EXPECT_TRUE(out.untouched_around());
      }
    }
  }
}

TEST_P(Contract, WritesEqualBytesAtAnyOffset) {
  const Plan plan = random_plan(21);
  const LoadedCode code = compiled(plan, Program::kMessage, *GetParam());
  const size_t size = message_layout(plan)->bytes.size();
  std::mt19937_64 bits(3);
  const std::vector<float> vec = random_vec(plan, bits);
  std::vector<uint8_t> expected(size), buffer(size + 64);
  ASSERT_EQ(code(vec.data(), expected.data()), 0u);
  for (size_t offset = 0; offset < 64; ++offset) {
    ASSERT_EQ(code(vec.data(), buffer.data() + offset), 0u);
    EXPECT_EQ(memcmp(buffer.data() + offset, expected.data(), size), 0);
  }
}

#if defined(__x86_64__)
TEST_P(Contract, DependsOnNoMxcsrAndRestoresIt) {
  const Plan plan = random_plan(22);
  const LoadedCode code = compiled(plan, Program::kMessage, *GetParam());
  const size_t size = message_layout(plan)->bytes.size();
  std::mt19937_64 bits(4);
  const std::vector<float> vec = random_vec(plan, bits, VectorKind::kLengths);
  std::vector<uint8_t> expected(size);
  ASSERT_EQ(code(vec.data(), expected.data()), 0u);
  const unsigned saved = _mm_getcsr();
  // Flush to zero, denormals are zero, each rounding mode; sticky flags set.
  for (unsigned state :
       {0x9fc0u, 0x1f80u | 0x2000u, 0x1f80u | 0x4000u, 0x1f80u | 0x6000u, 0xffffu & ~0x6000u}) {
    std::vector<uint8_t> bytes(size);
    _mm_setcsr(state);
    const uint32_t bad = code(vec.data(), bytes.data());
    const unsigned after = _mm_getcsr();
    _mm_setcsr(saved);
    EXPECT_EQ(bad, 0u);
    EXPECT_EQ(after, state);
    EXPECT_EQ(bytes, expected) << std::hex << state;
  }
}

TEST_P(Contract, DependsOnNoMxcsrOnTheWayBack) {
  PlanBuilder builder;
  builder.begin_controller("c");
  builder.translation(0, 3, 0);
  builder.rotation1d(1, false, AngleUnit::kRadians);
  builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kRows, AngleUnit::kDegrees,
                     RotationOutput::kQuaternion);
  const Plan plan = std::move(builder).build();
  const LoadedCode code = compiled(plan, Program::kVector, *GetParam());
  // Denormals in, and out of the translation.
  const std::vector<float> values = {1e-44f, 2e-45f, 1e-42f, -3e-42f, 2e-43f, 5e-42f};
  std::vector<float> expected(plan.input_count());
  ASSERT_EQ(code(values.data(), reinterpret_cast<uint8_t*>(expected.data())), 0u);
  EXPECT_NE(expected[0], 0);
  const unsigned saved = _mm_getcsr();
  for (unsigned state : {0x9fc0u, 0x1f80u | 0x2000u, 0x1f80u | 0x4000u, 0x1f80u | 0x6000u}) {
    std::vector<float> vec(plan.input_count());
    _mm_setcsr(state);
    const uint32_t bad = code(values.data(), reinterpret_cast<uint8_t*>(vec.data()));
    const unsigned after = _mm_getcsr();
    _mm_setcsr(saved);
    EXPECT_EQ(bad, 0u);
    EXPECT_EQ(after, state);
    EXPECT_EQ(memcmp(vec.data(), expected.data(), 4 * vec.size()), 0) << std::hex << state;
  }
}
#endif

TEST_P(Contract, CompilesToEqualBytes) {
  const Plan plan = random_plan(23);
  const auto first = compile(plan, Program::kMessage, *GetParam());
  const auto second = compile(plan, Program::kMessage, *GetParam());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->bytes, second->bytes);
  EXPECT_EQ(first->offsets, second->offsets);
}

INSTANTIATE_TEST_SUITE_P(Targets, Contract, ::testing::ValuesIn(runnable_targets()),
                         name_of_target);

}  // namespace
}  // namespace rigjit::testing
