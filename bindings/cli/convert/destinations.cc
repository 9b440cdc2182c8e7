#include "convert/destinations.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/make_error.h"

namespace rigjit::cli {
namespace {

namespace fs = std::filesystem;

Error refused(const char* code, std::string message, const std::string& file) {
  return error_in_file(code, std::move(message), file);
}

// Devices and pipes have nothing to lose.
bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::is_regular_file(a, error) && fs::equivalent(a, b, error) && !error;
}

}  // namespace

bool names_directory(const std::string& name) {
  std::error_code error;
  return name != "-" && (name.ends_with('/') || fs::is_directory(name, error));
}

Destinations::Destinations(std::string out, std::optional<Form> form,
                           std::vector<std::string> inputs)
    : out_(std::move(out)),
      form_(form),
      inputs_(std::move(inputs)),
      is_directory_(names_directory(out_)) {}

Status Destinations::prepare() const {
  if (!is_directory_) return Done{};
  std::error_code error;
  fs::create_directories(out_, error);
  if (!error) return Done{};
  return unwritable(out_, error.value());
}

Result<Destination> Destinations::destination_of(const std::string& input, bool from_vectors) {
  Destination destination{out_, form_ ? *form_ : form_for(is_directory_ ? "" : out_, from_vectors)};
  if (destination.name == "-") {
    const bool is_text = destination.form == Form::kJson || destination.form == Form::kJsonLines;
    if (is_text || ::isatty(STDOUT_FILENO) != 1) return destination;
    return refused("binary-to-terminal",
                   "bytes that are no text are not written to a terminal; use -o FILE", input);
  }
  if (is_directory_) {
    destination.name = fs::path(out_) / fs::path(input).stem();
    destination.name += extension_of(destination.form);
  }
  for (const std::string& other : inputs_) {
    if (is_same_file(destination.name, other)) {
      return refused("would-overwrite", "its output would overwrite the input '" + other + "'",
                     input);
    }
  }
  if (!taken_.insert(destination.name).second) {
    return refused("would-overwrite",
                   "its output '" + destination.name + "' is that of another input already", input);
  }
  return destination;
}

}  // namespace rigjit::cli
