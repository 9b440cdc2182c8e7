// Short specs for tests.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "rigjit/load.h"
#include "spec/bases.h"

namespace rigjit {

// One controller `head` with these transformations, each a line of flow style: its list begins in
// line 5, in column 9.
inline std::string spec_of(const std::vector<std::string>& transformations) {
  std::string text = "rigjit: 1\ncontrollers:\n  - name: head\n    transformations:\n";
  for (const std::string& transformation : transformations) {
    text += "      - " + transformation + "\n";
  }
  return text;
}

// "5:22 zero-scale" for each error.
inline std::vector<std::string> places_of(const Errors& errors) {
  std::vector<std::string> places;
  for (const Error& error : errors) {
    places.push_back(std::to_string(error.line.value_or(0)) + ":" +
                     std::to_string(error.column.value_or(0)) + " " + error.code);
  }
  return places;
}

inline std::vector<std::string> mistakes_in(const std::string& text) {
  return places_of(check(SpecSource::text(text)));
}

// The spec of a text without a base on disk.
inline Result<RigSpec> parse(const std::string& text, const std::string& name = "<string>") {
  Result<ResolvedSpec> resolved = resolve_source(SpecSource::text(text, name));
  if (!resolved) return std::move(resolved).errors();
  return std::move(resolved->spec);
}

}  // namespace rigjit
