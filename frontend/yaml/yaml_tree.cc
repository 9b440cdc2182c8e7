#include "yaml/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "yaml/bounded_stream.h"
#include "yaml/parser_turn.h"
#include "yaml/surrogate_pairs.h"
#include "yaml/yaml_text.h"

namespace rigjit {
namespace {

constexpr std::string_view kSecondDocument =
    "a second document begins here; a spec is one document";

// Hands yaml-cpp's events on to a TreeBuilder.
class Handler : public YAML::EventHandler {
 public:
  Handler(std::string_view text, const SurrogatePairs& pairs, BoundedStream& stream)
      : text_(text), pairs_(pairs), stream_(stream) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) {
      throw TreeFailure{"second-document", std::string(kSecondDocument), offset_of(mark), {}};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const std::size_t offset = begin(mark);
    const bool is_written = is_written_null(text_.substr(offset));
    const bool is_block_item = !is_written && builder_.in_sequence() && is_block_.back();
    builder_.null(is_block_item ? find_empty_item(text_, offset) : offset, anchor, is_written);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    builder_.alias(begin(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const std::size_t offset = begin(mark);
    check_tag(tag, "str", offset);
    if (find_invalid_utf8(value)) {  // yaml-cpp writes one byte for \N and for \_
      throw TreeFailure{"not-yaml",
                        "the escapes \\N and \\_ are not supported; write \\u0085 or \\u00A0",
                        offset,
                        {}};
    }
    if (!pairs_.any()) {
      builder_.scalar(offset, anchor, value, tag == "?");
    } else if (const std::optional<std::string> meant = pairs_.restored(value)) {
      builder_.scalar(offset, anchor, *meant, tag == "?");
    } else {
      throw TreeFailure{
          "not-yaml", "not YAML: half of a surrogate pair is no character", offset, {}};
    }
    last_scalar_ = offset;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    const std::size_t offset = begin(mark);
    check_tag(tag, "seq", offset);
    builder_.open(Node::Kind::kSequence, offset, anchor);
    is_block_.push_back(style == YAML::EmitterStyle::Block);
  }
  void OnSequenceEnd() override {
    end();
    is_block_.pop_back();
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    const std::size_t offset = begin(mark);
    check_tag(tag, "map", offset);
    builder_.open(Node::Kind::kMap, offset, anchor);
  }
  void OnMapEnd() override { end(); }

  [[nodiscard]] std::size_t offset_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? 0 : std::min(static_cast<std::size_t>(mark.pos), text_.size());
  }
  // Where the innermost collection begins that is still open; `otherwise` if there is none.
  [[nodiscard]] std::size_t open_collection(std::size_t otherwise) const {
    return builder_.innermost_open().value_or(otherwise);
  }
  // Whether the text's end was taken for the end of a quote.
  [[nodiscard]] std::optional<std::size_t> unclosed_quote() const {
    const bool is_quoted =
        last_scalar_ < text_.size() && (text_[last_scalar_] == '"' || text_[last_scalar_] == '\'');
    if (!is_quoted || is_closed_quote(text_, last_scalar_)) return std::nullopt;
    return last_scalar_;
  }
  [[nodiscard]] Tree finish() && { return std::move(builder_).finish(); }

 private:
  // Where the value itself begins, behind its anchor and tag.
  std::size_t begin(const YAML::Mark& mark) {
    stream_.note_progress();
    return skip_properties(text_, offset_of(mark));
  }
  void end() {
    stream_.note_progress();
    builder_.close();
  }

  // "?" and "!" are what yaml-cpp gives for plain and for quoted values without a tag.
  static void check_tag(const std::string& tag, std::string_view allowed, std::size_t offset) {
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.empty() || tag == "?" || tag == "!") return;
    if (tag.starts_with(kCore) && std::string_view(tag).substr(kCore.size()) == allowed) return;
    throw TreeFailure{"unsupported-tag", "YAML tags are not supported", offset, {}};
  }

  std::string_view text_;
  const SurrogatePairs& pairs_;
  BoundedStream& stream_;
  TreeBuilder builder_;
  std::vector<bool> is_block_;  // of each sequence that is open
  int documents_ = 0;
  std::size_t last_scalar_ = 0;
};

TreeFailure translate(std::string_view text, const BoundedStream& stream, const Handler& handler,
                      const YAML::Exception& error) {
  if (const auto& cut = stream.cut_short()) return *cut;
  std::size_t offset = handler.offset_of(error.mark);
  const bool at_end = text.find_first_not_of(" \r\n", offset) == std::string_view::npos;
  if (at_end) offset = handler.open_collection(offset);
  return explain_yaml_error(text, offset, error.msg);
}

}  // namespace

std::expected<Tree, TreeFailure> read_yaml(std::string_view text) {
  const ParserTurn turn;
  if (std::optional<TreeFailure> failure = wanted_end(0)) return std::unexpected(*failure);
  const SurrogatePairs pairs(text);
  BoundedStream buffer(pairs.text());
  std::istream stream(&buffer);
  Handler handler(text, pairs, buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const TreeFailure& failure) {
    return std::unexpected(failure);
  } catch (const YAML::Exception& error) {
    return std::unexpected(translate(text, buffer, handler, error));
  }
  if (const auto cut = buffer.cut_short()) return std::unexpected(*cut);
  if (const auto quote = handler.unclosed_quote()) {
    return std::unexpected(
        TreeFailure{"not-yaml", "not YAML: this quote is not closed", *quote, {}});
  }
  Tree tree = std::move(handler).finish();
  if (tree.root == nullptr || tree.root->is_null()) {
    return std::unexpected(TreeFailure{"empty-document", "the spec is empty", 0, {}});
  }
  return tree;
}

}  // namespace rigjit
