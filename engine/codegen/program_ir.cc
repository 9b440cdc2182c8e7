#include "codegen/program_ir.h"

#include <llvm/IR/IntrinsicsAArch64.h>
#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/IR/ModuleSlotTracker.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <optional>
#include <span>

#include "codegen/emitter.h"
#include "codegen/inverse.h"
#include "codegen/lane_functions.h"
#include "codegen/message.h"
#include "codegen/one_hot.h"
#include "codegen/schedule.h"
#include "codegen/values.h"

namespace rigjit {
namespace {

// Default MXCSR: round to nearest, denormals kept, exceptions masked. The same FPCR is 0.
constexpr uint32_t kDefaultMxcsr = 0x1f80;

// What one basic block holds at most.
constexpr uint32_t kGroupsOfBlock = 4;
constexpr uint32_t kVectorsOfBlock = 16;
constexpr uint32_t kOneHotInputsOfBlock = 128;
constexpr uint32_t kMessageBytesOfBlock = 2048;

class ProgramBuilder {
 public:
  ProgramBuilder(Emitter& emitter, const Plan& plan, Program program, const MessageLayout& layout)
      : e_(emitter),
        plan_(plan),
        program_(program),
        schedule_(make_schedule(plan, emitter.lanes)),
        lanes_(emitter, plan, schedule_, is_continuous(program)),
        values_(emitter, plan, schedule_,
                writes_message(program) ? ValueForm::kMessage : ValueForm::kNumbers),
        inverse_(emitter, plan, schedule_),
        message_(emitter, values_, plan, layout) {}

  void run() {
    program_ == Program::kVector ? emit_inverse() : emit_forward();
    emit_kernel();
  }

 private:
  void emit_inverse() {
    inverse_.emit_functions();
    emit_parts("elements", 0, plan_.input_count(), kVectorsOfBlock * e_.lanes,
               [&](uint32_t first, uint32_t end) { return inverse_.emit_elements(first, end); });
    for (size_t i = 0; i < schedule_.segments.size(); ++i) {
      const auto& groups = schedule_.segments[i].groups;
      emit_parts("segment" + std::to_string(i) + ".lanes", 0, static_cast<uint32_t>(groups.size()),
                 kGroupsOfBlock, [&](uint32_t first, uint32_t end) {
                   llvm::Value* bad = e_.b.getInt32(0);
                   for (const LaneGroup& group : std::span(groups).subspan(first, end - first)) {
                     bad = e_.b.CreateOr(bad, inverse_.emit_group(group));
                   }
                   return bad;
                 });
      emit_one_hots(
          "segment" + std::to_string(i) + ".one_hots", schedule_.segments[i],
          [&](std::span<const uint32_t> operations) { return emit_inverse_one_hots(operations); });
    }
  }

  void emit_forward() {
    if (is_continuous(program_)) begin_table_with_state();
    lanes_.emit_functions();
    for (size_t i = 0; i < schedule_.segments.size(); ++i) {
      const Segment& segment = schedule_.segments[i];
      const std::string name = "segment" + std::to_string(i);
      emit_parts(name + ".lanes", 0, static_cast<uint32_t>(segment.groups.size()), kGroupsOfBlock,
                 [&](uint32_t first, uint32_t end) { return emit_groups(segment, first, end); });
      emit_one_hots(name + ".one_hots", segment, [&](std::span<const uint32_t> operations) {
        return emit_forward_one_hots(operations);
      });
      if (writes_message(program_)) {
        emit_message(name + ".message", segment);
      } else {
        emit_parts(name + ".values", segment.first_channel, segment.end_channel,
                   kVectorsOfBlock * e_.lanes,
                   [&](uint32_t first, uint32_t end) { return emit_values(first, end); });
      }
    }
  }

  // [first, end) in parts, each an internal function: (in, out, table, scratch) -> nonzero if
  // anything is bad. The time to select a block's instructions grows faster than the block.
  template <class Body>
  void emit_parts(const std::string& name, uint32_t first, uint32_t end, uint32_t size, Body body) {
    const std::vector<llvm::Type*> parameters(is_continuous(program_) ? 6 : 4, e_.b.getPtrTy());
    auto* type = llvm::FunctionType::get(e_.b.getInt32Ty(), parameters, false);
    for (uint32_t part = first; part < end; part += size) {
      auto* function = e_.begin_function(
          end - first > size ? name + "." + std::to_string((part - first) / size) : name, type);
      take_parameters(function);
      e_.scratch = function->getArg(static_cast<unsigned>(parameters.size()) - 1);
      e_.scratch->setName("scratch");
      e_.b.CreateRet(body(part, std::min(end, part + size)));
      parts_.push_back(function);
    }
  }

  void take_parameters(llvm::Function* function) {
    e_.in = function->getArg(0);
    e_.out = function->getArg(1);
    e_.table_pointer = function->getArg(2);
    e_.in->setName("in");
    e_.out->setName("out");
    e_.table_pointer->setName("table");
    if (!is_continuous(program_)) return;
    e_.previous = function->getArg(3);
    e_.next = function->getArg(4);
    e_.previous->setName("previous");
    e_.next->setName("next");
  }

  // See kNotRemembered: the first thing that is interned begins the table.
  void begin_table_with_state() {
    std::vector<uint32_t> state = {schedule_.state_floats};
    state.resize(1 + plan_.channel_count(), kNotRemembered);
    for (const Segment& segment : schedule_.segments) {
      for (const LaneGroup& group : segment.groups) {
        const LaneShape& shape = schedule_.shapes[group.shape];
        for (uint32_t i = 0; i < group.operations.size(); ++i) {
          const uint32_t channel = channel_of(plan_.operations()[group.operations[i]]);
          for (uint32_t k = 0; k < shape.results(); ++k) {
            state[1 + channel + k] = group.state + k * e_.lanes + shape.lane_of(i, e_.lanes);
          }
        }
      }
    }
    e_.table.intern(state);
  }

  llvm::Value* emit_groups(const Segment& segment, uint32_t first, uint32_t end) {
    llvm::Value* bad = e_.b.getInt32(0);
    for (const LaneGroup& group : std::span(segment.groups).subspan(first, end - first)) {
      const auto controller = [&](uint32_t operation) {
        return plan_.controller_of(channel_of(plan_.operations()[operation]));
      };
      e_.set_range({controller(group.operations.front()), controller(group.operations.back())});
      bad = e_.b.CreateOr(bad, lanes_.emit_call(group));
    }
    e_.set_range({});
    return bad;
  }

  // As many as there are lanes, or fewer: they differ in size, and one that is large has a function
  // of its own.
  template <class Body>
  void emit_one_hots(const std::string& name, const Segment& segment, Body body) {
    const auto count = static_cast<uint32_t>(segment.one_hots.size());
    for (uint32_t first = 0, end = 0; first < count; first = end) {
      uint32_t size = one_hot(segment.one_hots[end++]).count;
      while (end < count && end - first < e_.lanes) {
        size += one_hot(segment.one_hots[end]).count;
        if (size > kOneHotInputsOfBlock) break;
        ++end;
      }
      emit_parts(name + "." + std::to_string(first), first, end, end - first,
                 [&](uint32_t begin, uint32_t) {
                   return body(std::span(segment.one_hots).subspan(begin, end - begin));
                 });
    }
  }

  [[nodiscard]] const OneHot& one_hot(uint32_t operation) const {
    return std::get<OneHot>(plan_.operations()[operation]);
  }

  llvm::Value* emit_forward_one_hots(std::span<const uint32_t> operations) {
    const uint32_t first = one_hot(operations.front()).channel;
    const uint32_t last = one_hot(operations.back()).channel;
    e_.set_range({plan_.controller_of(first), plan_.controller_of(last)});
    llvm::Value* bad = rigjit::emit_one_hots(e_, plan_, operations, schedule_.sources[first].index,
                                             values_.form());
    e_.set_range({});
    return bad;
  }

  llvm::Value* emit_inverse_one_hots(std::span<const uint32_t> operations) {
    llvm::Value* bad = e_.b.getInt32(0);
    for (const uint32_t operation : operations) {
      const OneHot& op = one_hot(operation);
      const uint32_t controller = plan_.controller_of(op.channel);
      e_.set_range({controller, controller});
      bad = e_.b.CreateOr(bad, inverse_.emit_one_hot(op));
    }
    e_.set_range({});
    return bad;
  }

  void emit_message(const std::string& name, const Segment& segment) {
    const std::vector<MessageChunk> chunks = message_.chunks(segment);
    emit_parts(name, 0, static_cast<uint32_t>(chunks.size()),
               kMessageBytesOfBlock / chunks.front().width, [&](uint32_t first, uint32_t end) {
                 return message_.emit(std::span(chunks).subspan(first, end - first));
               });
  }

  llvm::Value* emit_values(uint32_t first, uint32_t end) {
    values_.begin(first, end);
    // The next part may be shorter than what a whole vector writes behind this one.
    const bool exactly = end + e_.lanes > plan_.channel_count();
    values_.store_flat(first, end, e_.out, 4 * uint64_t{first}, exactly);
    return values_.end();
  }

  void emit_kernel() {
    auto* pointer = e_.b.getPtrTy();
    const std::vector<llvm::Type*> parameters(is_continuous(program_) ? 5 : 3, pointer);
    auto* type = llvm::FunctionType::get(e_.b.getInt32Ty(), parameters, false);
    take_parameters(e_.begin_function(kKernelName, type, true));
    const bool is_inverse = program_ == Program::kVector;
    e_.scratch =
        vector_alloca(is_inverse ? inverse_.scratch_floats() : schedule_.scratch_floats, "scratch");
    const uint32_t in_floats = is_inverse ? plan_.channel_count() : plan_.input_count();
    if (in_floats < e_.lanes) e_.in = copy_of_short_input(in_floats);
    llvm::Value* saved = enter_default_float_state();
    llvm::Value* bad = e_.b.getInt32(0);
    for (llvm::Function* function : parts_) {
      std::vector<llvm::Value*> arguments = {e_.in, e_.out, e_.table_pointer};
      if (is_continuous(program_)) arguments.insert(arguments.end(), {e_.previous, e_.next});
      arguments.push_back(e_.scratch);
      bad = e_.b.CreateOr(bad, e_.b.CreateCall(function, arguments));
    }
    restore_float_state(saved);
    // Once for all: functions of the module leave the upper halves of registers as they are.
    if (e_.lanes > 4) e_.b.CreateIntrinsic(llvm::Intrinsic::x86_avx_vzeroupper, {}, {});
    e_.b.CreateRet(bad);
  }

  llvm::Value* vector_alloca(uint32_t floats, const char* name) {
    auto* alloca =
        e_.b.CreateAlloca(llvm::ArrayType::get(e_.b.getFloatTy(), floats), nullptr, name);
    alloca->setAlignment(llvm::Align(64));
    return alloca;
  }

  // So that whole vectors can be read where the kernel's input is shorter than one.
  llvm::Value* copy_of_short_input(uint32_t floats) {
    llvm::Value* copy = vector_alloca(e_.lanes, "padded_in");
    e_.store(llvm::Constant::getNullValue(e_.floats(e_.lanes)), copy, 0, 4 * e_.lanes);
    for (uint32_t i = 0; i < floats; ++i) {
      e_.store(e_.load(e_.b.getInt32Ty(), e_.in, 4 * uint64_t{i}, 4), copy, 4 * uint64_t{i}, 4);
    }
    return copy;
  }

  llvm::Value* enter_default_float_state() {
    if (e_.target.id == TargetId::kAArch64) {
      llvm::Value* saved = e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_get_fpcr, {}, {});
      e_.b.CreateIntrinsic(llvm::Intrinsic::aarch64_set_fpcr, {}, {e_.b.getInt64(0)});
      return saved;
    }
    llvm::Value* saved = e_.b.CreateAlloca(e_.b.getInt32Ty(), nullptr, "saved_mxcsr");
    llvm::Value* fresh = e_.b.CreateAlloca(e_.b.getInt32Ty(), nullptr, "default_mxcsr");
    e_.b.CreateIntrinsic(llvm::Intrinsic::x86_sse_stmxcsr, {}, {saved});
    e_.store(e_.b.getInt32(kDefaultMxcsr), fresh, 0, 4);
    e_.b.CreateIntrinsic(llvm::Intrinsic::x86_sse_ldmxcsr, {}, {fresh});
    return saved;
  }

  void restore_float_state(llvm::Value* saved) {
    const llvm::Intrinsic::ID id = e_.target.id == TargetId::kAArch64
                                       ? llvm::Intrinsic::ID{llvm::Intrinsic::aarch64_set_fpcr}
                                       : llvm::Intrinsic::ID{llvm::Intrinsic::x86_sse_ldmxcsr};
    e_.b.CreateIntrinsic(id, {}, {saved});
  }

  Emitter& e_;
  const Plan& plan_;
  const Program program_;
  const Schedule schedule_;
  LaneFunctions lanes_;
  ValuesEmitter values_;
  InverseEmitter inverse_;
  MessageEmitter message_;
  std::vector<llvm::Function*> parts_;
};

struct Built {
  ProgramIr ir;
  std::unique_ptr<Emitter> emitter;
};

Result<Built> build(const Plan& plan, Program program, const Target& target, bool keep_names,
                    std::optional<uint32_t> focus = {}) {
  auto layout = writes_message(program) ? message_layout(plan) : MessageLayout{};
  if (!layout) return std::move(layout).errors();
  Built built;
  built.ir.context = std::make_unique<llvm::LLVMContext>();
  built.ir.context->setDiscardValueNames(!keep_names);
  built.ir.module = std::make_unique<llvm::Module>("rigjit", *built.ir.context);
  built.ir.module->setTargetTriple(target.llvm_triple);
  built.emitter = std::make_unique<Emitter>(*built.ir.module, target, keep_names);
  built.emitter->focus = focus;
  ProgramBuilder(*built.emitter, plan, program, *layout).run();
  assert(!llvm::verifyModule(*built.ir.module, &llvm::errs()));
  built.ir.table = built.emitter->table.bytes();
  return built;
}

std::string text_of_controller(const Built& built, uint32_t controller) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  llvm::ModuleSlotTracker slots(built.ir.module.get());
  for (const llvm::Function& function : *built.ir.module) {
    bool is_first = true;
    for (const auto& block : function) {
      for (const llvm::Instruction& instruction : block) {
        const ControllerRange range = built.emitter->range_of(&instruction);
        if (range.last == UINT32_MAX || controller < range.first || controller > range.last)
          continue;
        if (is_first) stream << (text.empty() ? "" : "\n") << "; in " << function.getName() << "\n";
        is_first = false;
        slots.incorporateFunction(function);
        instruction.print(stream, slots);
        stream << "\n";
      }
    }
  }
  return text;
}

}  // namespace

Result<ProgramIr> build_ir(const Plan& plan, Program program, const Target& target) {
  auto built = build(plan, program, target, false);
  if (!built) return std::move(built).errors();
  return std::move(built->ir);
}

Result<std::string> build_ir_text(const Plan& plan, Program program, const Target& target,
                                  std::string_view controller) {
  const auto& controllers = plan.controllers();
  const auto found = std::ranges::find(controllers, controller, &PlanController::name);
  if (!controller.empty() && found == controllers.end()) {
    Error error;
    error.code = "unknown-controller";
    error.message = "the rig has no controller '" + std::string(controller) + "'";
    return error;
  }
  std::optional<uint32_t> focus;
  if (!controller.empty()) focus = static_cast<uint32_t>(found - controllers.begin());
  auto built = build(plan, program, target, true, focus);
  if (!built) return std::move(built).errors();
  if (focus) return text_of_controller(*built, *focus);
  std::string text;
  llvm::raw_string_ostream stream(text);
  built->ir.module->print(stream, nullptr);
  return text;
}

}  // namespace rigjit
