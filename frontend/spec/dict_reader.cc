#include "spec/dict_reader.h"

#include <algorithm>
#include <unordered_set>

#include "base/suggest.h"

namespace rigjit {

void report_null(Report& report, const Value& value, std::string_view hint) {
  Report::Suggestion suggestion;
  if (!hint.empty()) suggestion = hint;
  if (!value.node->empty) {
    report.add("null-value", *value.node, value,
               "YAML reads this as no value; if it is text, quote it", suggestion);
  } else if (value.key != nullptr) {
    report.add("empty-value", *value.key, value, quote(value.key->text) + " has no value",
               suggestion);
  } else {
    report.add("empty-value", *value.node, value, "a list item has no value", suggestion);
  }
}

DictReader::DictReader(Report& report, const Value& map, std::string_view what)
    : report_(report), map_(map), what_(what) {
  if (map.node->is_null()) {
    report_null(report, map);
  } else if (!ok()) {
    report.add("wrong-type", *map.node, map, what_ + " must be a mapping");
  } else {
    collect();
  }
}

bool DictReader::accept_key(const Node& key, const Node& value) {
  if (key.is_null()) {
    report_.add("null-key", key.empty ? value : key, map_,
                key.empty ? "a key is missing" : "YAML reads this key as no value; quote it");
    return false;
  }
  if (!key.is_scalar()) {
    report_.add("wrong-type", key, map_, "a key must be text");
    return false;
  }
  if (key.plain && key.text == "<<") {
    report_.add(
        "merge-key", key, map_,
        "merge keys (<<) are not supported; write an alias for a whole value instead, as in "
        "'transformations: *limb'");
    return false;
  }
  return true;
}

void DictReader::collect() {
  const auto& children = map_.node->children;
  entries_.reserve(children.size() / 2);
  std::unordered_set<std::string_view> seen;  // only of mappings too long to search
  const auto is_duplicate = [&](std::string_view key) {
    constexpr std::size_t kSearched = 16;
    if (children.size() > kSearched) return !seen.insert(key).second;
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.value.key->text == key; });
  };
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    const Node& key = *children[i];
    if (!accept_key(key, *children[i + 1])) continue;
    if (is_duplicate(key.text)) {
      report_.add("duplicate-key", key, map_, "the key " + quote(key.text) + " stands here twice");
      continue;
    }
    entries_.push_back({{children[i + 1], &key, &map_, 0, false}, false});
  }
}

bool DictReader::has(std::string_view key) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.value.key->text == key; });
}

const Value* DictReader::find(std::string_view key, std::string_view hint) {
  known_.push_back(key);
  for (Entry& entry : entries_) {
    if (entry.value.key->text != key) continue;
    entry.used = true;
    if (!entry.value.node->is_null()) return &entry.value;
    report_null(report_, entry.value, hint);
    return nullptr;
  }
  return nullptr;
}

const Value* DictReader::require(std::string_view key, std::string_view hint) {
  if (ok() && !has(key)) missing_.emplace_back(key, hint);
  return find(key, hint);
}

void DictReader::for_each_remaining(const std::function<void(const Value&)>& read) {
  for (Entry& entry : entries_) {
    if (report_.full()) return;
    if (entry.used) continue;
    entry.used = true;
    read(entry.value);
  }
}

void DictReader::allow_prefix(std::string_view prefix) {
  for (Entry& entry : entries_) {
    if (entry.value.key->text.starts_with(prefix)) entry.used = true;
  }
}

void DictReader::report_missing(std::string_view key, std::string_view hint) {
  Report::Suggestion suggestion;
  if (!hint.empty()) suggestion = std::string(key) + ": " + std::string(hint);
  report_.add("missing-key", *map_.node, map_, what_ + " needs the key " + quote(key), suggestion);
}

bool DictReader::finish() {
  bool all_known = true;
  for_each_remaining([&](const Value& value) {
    all_known = false;
    const std::string_view key = value.key->text;
    const auto suggestion = nearest(key, known_);
    report_.add("unknown-key", *value.key, map_,
                "unknown key " + quote(key) + " in " + what_ +
                    (suggestion ? "" : ", which may have " + list_of(known_)),
                suggestion);
    std::erase_if(missing_, [&](const auto& missing) { return missing.first == suggestion; });
  });
  if (report_.full()) return false;
  for (const auto& [key, hint] : missing_) report_missing(key, hint);
  return all_known && missing_.empty();
}

}  // namespace rigjit
