// The largest of many numbers, for many enums at once: an enum a lane. Name after name is compared
// with the largest so far, and its index kept where it is larger, so that of equal ones the first
// wins. The inputs come as rotations' do, in quads that are transposed; enums with fewer names are
// masked.
#include "codegen/one_hot.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

#include "codegen/channel_names.h"
#include "codegen/lanes/lane_ops.h"
#include "codegen/lanes/transpose.h"

namespace rigjit {
namespace {

// One enum a lane, whose inputs come name by name.
class OneHotLanes {
 public:
  OneHotLanes(Emitter& e, const Plan& plan, std::span<const uint32_t> operations)
      : e_(e), plan_(plan), in_floats_(std::max(plan.input_count(), e.lanes)) {
    for (const uint32_t index : operations) {
      enums_.push_back(std::get<OneHot>(plan.operations()[index]));
    }
  }

  // Leaves them in index() and bad().
  void run() {
    const uint32_t most = std::ranges::max(enums_, {}, &OneHot::count).count;
    for (uint32_t first = 0; first < most; first += 4) {
      const Quads columns = load(first);
      for (uint32_t k = first; k < std::min(first + 4, most); ++k) take(k, columns[k - first]);
    }
  }

  [[nodiscard]] llvm::Value* index() const { return index_; }
  [[nodiscard]] llvm::Value* bad() const { return bad_; }

 private:
  // Inputs `first` to `first` + 3 of every enum that has the first of them. What lies behind its
  // last one is not its own.
  Quads load(uint32_t first) {
    std::vector<llvm::Value*> quads(e_.lanes, llvm::Constant::getNullValue(e_.floats(4)));
    for (size_t lane = 0; lane < enums_.size(); ++lane) {
      if (first < enums_[lane].count) quads[lane] = load_quad(enums_[lane], first);
    }
    Quads rows;
    for (uint32_t r = 0; r < 4; ++r) {
      std::vector<llvm::Value*> row;
      for (uint32_t lane = r; lane < e_.lanes; lane += 4) row.push_back(quads[lane]);
      rows[r] = e_.concat(std::move(row));
    }
    return transpose_quads(e_, rows);
  }

  // Nothing behind the vector is read.
  llvm::Value* load_quad(const OneHot& one, uint32_t first) {
    const Emitter::ConcernScope concern(e_, {one.channel, one.channel});
    const uint32_t wanted = one.input + first;
    const uint32_t begin = std::min(wanted, in_floats_ - 4);
    llvm::Value* quad = e_.load(e_.floats(4), e_.in, 4 * uint64_t{begin}, 4);
    e_.named(quad, "vec." + llvm::Twine(begin) + ".." + llvm::Twine(begin + 3));
    e_.comment(quad, [&] { return name_of_channel(plan_, one.channel); });
    if (begin == wanted) return quad;
    std::vector<int> mask(4, 3);
    std::iota(mask.begin(), mask.end() - (wanted - begin), static_cast<int>(wanted - begin));
    return e_.b.CreateShuffleVector(quad, mask);
  }

  void take(uint32_t k, llvm::Value* numbers) {
    std::vector<bool> has(e_.lanes, false);
    for (size_t lane = 0; lane < enums_.size(); ++lane) has[lane] = k < enums_[lane].count;
    const auto of_those = [&](llvm::Value* mask) {
      return std::ranges::all_of(has, std::identity{})
                 ? mask
                 : e_.b.CreateAnd(mask, e_.mask_vector(has, std::identity{}));
    };
    llvm::Value* is_nan = of_those(e_.b.CreateFCmpUNO(numbers, numbers));
    if (k == 0) {
      largest_ = numbers;
      index_ =
          llvm::Constant::getNullValue(llvm::FixedVectorType::get(e_.b.getInt32Ty(), e_.lanes));
      bad_ = is_nan;
      return;
    }
    bad_ = e_.b.CreateOr(bad_, is_nan);
    llvm::Value* is_larger = of_those(e_.b.CreateFCmpOGT(numbers, largest_));
    largest_ = e_.b.CreateSelect(is_larger, numbers, largest_);
    index_ = e_.b.CreateSelect(is_larger, e_.splat_bits(k), index_);
  }

  Emitter& e_;
  const Plan& plan_;
  const uint32_t in_floats_;
  std::vector<OneHot> enums_;
  llvm::Value* largest_ = nullptr;
  llvm::Value* index_ = nullptr;  // <lanes x i32>
  llvm::Value* bad_ = nullptr;    // <lanes x i1>
};

// One alone, which may have a thousand names: scalars take less, also to compile.
llvm::Value* emit_alone(Emitter& e, const OneHot& op, uint32_t result, ValueForm form) {
  const Emitter::NameScope scope(e, "one_hot");
  const auto input = [&](uint32_t k) {
    return e.named(e.load(e.float_type(), e.in, 4 * (uint64_t{op.input} + k), 4),
                   "vec." + llvm::Twine(op.input + k));
  };
  llvm::Value* largest = input(0);
  llvm::Value* index = e.b.getInt32(0);
  llvm::Value* bad = e.b.CreateFCmpUNO(largest, largest);
  for (uint32_t k = 1; k < op.count; ++k) {
    llvm::Value* number = input(k);
    bad = e.b.CreateOr(bad, e.b.CreateFCmpUNO(number, number));
    llvm::Value* is_larger = e.b.CreateFCmpOGT(number, largest);
    largest = e.b.CreateSelect(is_larger, number, largest);
    index = e.b.CreateSelect(is_larger, e.b.getInt32(k), index);
  }
  if (form == ValueForm::kNumbers) index = e.b.CreateSIToFP(index, e.float_type());
  e.store(index, e.scratch, 4 * uint64_t{result}, 4);
  return e.b.CreateZExt(bad, e.b.getInt32Ty());
}

}  // namespace

llvm::Value* emit_one_hots(Emitter& e, const Plan& plan, std::span<const uint32_t> operations,
                           uint32_t result, ValueForm form) {
  if (operations.size() == 1) {
    return emit_alone(e, std::get<OneHot>(plan.operations()[operations[0]]), result, form);
  }
  const Emitter::NameScope scope(e, "one_hot");
  OneHotLanes lanes(e, plan, operations);
  lanes.run();
  llvm::Value* index = lanes.index();
  if (form == ValueForm::kNumbers) index = e.b.CreateSIToFP(index, e.floats(e.lanes));
  e.store(index, e.scratch, 4 * uint64_t{result}, 4);
  return LaneOps(e).any(lanes.bad());
}

}  // namespace rigjit
