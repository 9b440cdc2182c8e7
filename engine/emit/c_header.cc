#include "emit/c_header.h"

#include <algorithm>
#include <vector>

#include "emit/c_names.h"

namespace rigjit {
namespace {

class Writer {
 public:
  explicit Writer(const CHeader& header)
      : header_(header), prefix_(header.prefix), capitals_(in_capitals(header.prefix)) {}

  Result<std::string> write() {
    std::vector<std::string> channels, inputs;
    for (const Channel& channel : header_.rig.channels()) {
      channels.push_back(channel.controller + "." + channel.attribute);
    }
    for (const Input& input : header_.rig.inputs()) {
      inputs.push_back(input.controller + "." + to_string(input.transformation) + "." +
                       input.component);
    }
    const auto channel_names = c_identifiers(channels, "channel");
    const auto input_names = c_identifiers(inputs, "input");
    if (!channel_names || !input_names) return both(channel_names, input_names);
    begin();
    sizes();
    indices("channel", *channel_names);
    indices("input", *input_names);
    names("channel", channels);
    names("input", inputs);
    for (const ProgramSymbols& symbols : header_.programs) function(symbols);
    end();
    return std::move(text_);
  }

 private:
  using Identifiers = Result<std::vector<std::string>>;

  static Errors both(const Identifiers& first, const Identifiers& second) {
    Errors errors = first ? Errors() : first.errors();
    if (!second) errors.insert(errors.end(), second.errors().begin(), second.errors().end());
    return errors;
  }

  void begin() {
    text_ =
        "/* Code of a rig, made by rigjit for " + header_.target + "; rig hash " +
        header_.rig.hash() +
        ".\n"
        " * Every function returns 0, or nonzero for an input that is no pose: a number that is\n"
        " * NaN, infinite or too large, a rotation whose columns are zero or parallel, a value\n"
        " * beyond limits that refuse it. What was written is unspecified then. Buffers must not\n"
        " * overlap; floats are aligned to 4 bytes, messages need no alignment. Functions keep\n"
        " * nothing: any thread may call them at any time. */\n"
        "#ifndef RIGJIT_" +
        capitals_ + "_H\n#define RIGJIT_" + capitals_ + "_H\n\n";
  }

  void define(const std::string& name, size_t value, const std::string& comment) {
    text_ += "#define " + capitals_ + "_" + name + " " + std::to_string(value) + " /* " + comment +
             " */\n";
  }

  void sizes() {
    define("VEC_SIZE", header_.rig.vec_size(), "floats of a vector");
    define("CHANNEL_COUNT", header_.rig.channel_count(), "floats of the values, one a channel");
    define("MSGPACK_SIZE", header_.rig.msgpack_size(), "bytes of a message");
    if (header_.state_floats > 0) {
      define("STATE_SIZE", header_.state_floats,
             "floats that a continuous function remembers, aligned to 64 bytes");
    }
    text_ += "\n";
  }

  // enum { hero_channel_l_elbow_CTRL_rotateY = 5, … }
  void indices(const std::string& what, const std::vector<std::string>& identifiers) {
    if (identifiers.empty()) return;
    text_ += "/* Indices of " + what + "s. */\nenum {\n";
    for (size_t i = 0; i < identifiers.size(); ++i) {
      text_ += "  " + prefix_ + "_" + what + "_" + identifiers[i] + " = " + std::to_string(i) +
               (i + 1 < identifiers.size() ? ",\n" : "\n};\n\n");
    }
  }

  void names(const std::string& what, const std::vector<std::string>& all) {
    if (all.empty()) return;
    text_ += "/* Names of " + what + "s by index, in UTF-8. */\nstatic const char *const " +
             prefix_ + "_" + what + "_names[] = {\n";
    for (size_t i = 0; i < all.size(); ++i) {
      text_ += "  " + c_string(all[i]) + (i + 1 < all.size() ? ",\n" : "\n};\n\n");
    }
  }

  void function(const ProgramSymbols& symbols) {
    if (!has_linkage_) text_ += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    has_linkage_ = true;
    const bool to_vec = symbols.program == Program::kVector;
    const bool to_message = writes_message(symbols.program);
    const std::string in = to_vec ? "values" : "vec";
    const std::string out = to_message ? "out" : to_vec ? "vec" : "values";
    const std::string in_size = capitals_ + (to_vec ? "_CHANNEL_COUNT" : "_VEC_SIZE");
    const std::string out_size = capitals_ + (to_message ? "_MSGPACK_SIZE"
                                              : to_vec   ? "_VEC_SIZE"
                                                         : "_CHANNEL_COUNT");
    text_ += "/* " + in + ": " + in_size + " floats. " + out + ": " + out_size +
             (to_message ? " bytes, MessagePack." : " floats.");
    if (is_continuous(symbols.program)) {
      text_ +=
          "\n * Angles and signs are the nearest to those of the frame before: previous and next "
          "are "
          "blocks\n * of " +
          capitals_ +
          "_STATE_SIZE floats aligned to 64 bytes; floats that are NaN remember nothing. "
          "After a\n * good frame, next is the next frame's previous.";
    }
    text_ += " */\nint " + symbols.kernel + "(const float *" + in + ", " +
             (to_message ? "unsigned char *" : "float *") + out +
             (is_continuous(symbols.program) ? ", const float *previous, float *next" : "") +
             ");\n\n";
  }

  void end() {
    if (has_linkage_) text_ += "#ifdef __cplusplus\n}\n#endif\n\n";
    text_ += "#endif\n";
  }

  const CHeader& header_;
  const std::string prefix_, capitals_;
  std::string text_;
  bool has_linkage_ = false;
};

}  // namespace

Result<std::string> c_header(const CHeader& header) { return Writer(header).write(); }

}  // namespace rigjit
