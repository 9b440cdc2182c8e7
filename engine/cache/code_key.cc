#include "cache/code_key.h"

#include "base/byte_codec.h"
#include "base/checksum.h"
#include "cache/code_header.h"
#include "code/build_id.h"
#include "codegen/link/compile.h"

namespace rigjit {
namespace {

uint64_t output_size(const RigDescription& description, Program program) {
  switch (program) {
    case Program::kMessage:
    case Program::kMessageContinuous:
      return description.msgpack_size;
    case Program::kValues:
    case Program::kValuesContinuous:
      return uint64_t{description.channel_count} * sizeof(float);
    case Program::kVector:
      return uint64_t{description.vec_size} * sizeof(float);
  }
  return 0;
}

uint32_t input_count(const RigDescription& description, Program program) {
  return program == Program::kVector ? description.channel_count : description.vec_size;
}

}  // namespace

CodeKey code_key(const RigDescription& description, Program program, const Target& target) {
  CodeKey key;
  key.rig_hash = description.rig_hash;
  key.program = program;
  key.target = target.id;
  key.engine_build = engine_build();
  key.llvm_version = llvm_version();
  key.input_count = input_count(description, program);
  key.output_size = output_size(description, program);
  if (writes_message(program) && !description.name_space.empty()) {
    key.name_space = checksum({as_bytes(description.name_space)});
  }
  return key;
}

std::string CodeKey::file_name() const {
  ByteWriter rest;
  rest.number(kCodeFormat);
  rest.number(kernel_abi);
  rest.number(engine_build.high);
  rest.number(engine_build.low);
  rest.text(llvm_version);
  rest.number(input_count);
  rest.number(output_size);
  rest.number(name_space.high);
  rest.number(name_space.low);
  return rig_hash.to_hex() + "-" + to_string(program) + "-" + target_of(target).name + "-" +
         checksum({std::move(rest).take()}).to_hex().substr(16) + ".code";
}

std::vector<KeyDifference> CodeKey::differences(const CodeKey& wanted) const {
  std::vector<KeyDifference> all;
  const auto compare = [&](const char* field, std::string mine, std::string theirs) {
    if (mine != theirs) all.push_back({field, std::move(mine), std::move(theirs)});
  };
  compare("rig hash", rig_hash.to_hex(), wanted.rig_hash.to_hex());
  compare("program", to_string(program), to_string(wanted.program));
  compare("target", target_of(target).name, target_of(wanted.target).name);
  compare("kernel ABI", std::to_string(kernel_abi), std::to_string(wanted.kernel_abi));
  compare("engine build", engine_build.to_hex(), wanted.engine_build.to_hex());
  compare("LLVM", llvm_version, wanted.llvm_version);
  compare("inputs", std::to_string(input_count), std::to_string(wanted.input_count));
  compare("bytes", std::to_string(output_size), std::to_string(wanted.output_size));
  compare("namespace", name_space.to_hex(), wanted.name_space.to_hex());
  return all;
}

std::string CodeKey::difference(const CodeKey& wanted) const {
  // Loads that hit come here too.
  if (*this == wanted) return {};
  const KeyDifference first = differences(wanted).front();
  return first.field + " " + first.entry + " instead of " + first.wanted;
}

}  // namespace rigjit
