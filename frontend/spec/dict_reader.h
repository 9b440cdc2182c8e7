// Reads a mapping key by key, and tells what is wrong with its keys.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/report.h"
#include "spec/value.h"

namespace rigjit {

// Reports, once each: a value that is no mapping, keys that are no text, duplicate keys, merge
// keys; in find() values that are empty; in finish() keys that nobody asked for, and required keys
// that are missing, unless an unknown one looks like them.
class DictReader {
 public:
  // `map` must outlive the reader and be at the place where it will be when errors are reported.
  // `what`: the mapping in messages, "a controller".
  DictReader(Report& report, const Value& map, std::string_view what);
  DictReader(const DictReader&) = delete;
  DictReader& operator=(const DictReader&) = delete;

  // Whether there is such a key, with or without a value. Does not count as asking for it.
  [[nodiscard]] bool has(std::string_view key) const;
  // Null where there is no such key, or no value (then it is reported). Owned by the reader.
  // `hint`: what to write when the value is empty.
  const Value* find(std::string_view key, std::string_view hint = {});
  // find() of a key that must be there. `hint`: also what to write when it is missing.
  const Value* require(std::string_view key, std::string_view hint = {});

  // Calls for every key, in the order of the file, that nobody has asked for; none is unknown then.
  void for_each_remaining(const std::function<void(const Value&)>& read);
  // Keys with this prefix may hold anything.
  void allow_prefix(std::string_view prefix);
  // Once every key has been asked for. Whether all keys are known and none is missing.
  bool finish();

  // Whether it is a mapping.
  [[nodiscard]] bool ok() const { return map_.node->is_map(); }

 private:
  struct Entry {
    Value value;
    bool used;
  };

  void collect();
  bool accept_key(const Node& key, const Node& value);
  void report_missing(std::string_view key, std::string_view hint);

  Report& report_;
  const Value& map_;
  std::string what_;
  std::vector<Entry> entries_;
  std::vector<std::string_view> known_;                                 // keys that were asked for
  std::vector<std::pair<std::string_view, std::string_view>> missing_;  // key and hint
};

// Reports a null: an empty value at its key, a written null at itself. `hint`: what to write.
void report_null(Report& report, const Value& value, std::string_view hint = {});

}  // namespace rigjit
