// Where what is converted goes.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "convert/forms.h"
#include "rigjit/result.h"

namespace rigjit::cli {

// Whether -o names a directory: one that exists, or one that ends with a slash.
[[nodiscard]] bool names_directory(const std::string& out);

struct Destination {
  std::string name;  // of a file; "-": standard output
  Form form;
};

class Destinations {
 public:
  // out: a file, "-", or a directory.
  // form: none: as form_for() says. inputs: all files that are read, specs included.
  Destinations(std::string out, std::optional<Form> form, std::vector<std::string> inputs);

  // Makes the directory where it is missing.
  [[nodiscard]] Status prepare() const;

  // Errors: "would-overwrite" where it is an input, or what another input has become;
  // "binary-to-terminal".
  Result<Destination> destination_of(const std::string& input, bool from_vectors);

 private:
  const std::string out_;
  const std::optional<Form> form_;
  const std::vector<std::string> inputs_;
  const bool is_directory_;
  std::set<std::string> taken_;
};

}  // namespace rigjit::cli
