// Short specs for tests.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "rigjit/load.h"
#include "rigjit/rig_spec.h"

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
  return places_of(check_text(text));
}

}  // namespace rigjit
