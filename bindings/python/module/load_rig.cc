// load, loads, and pickling by the texts of the spec and its bases.
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/make_error.h"
#include "calls/loaded_rig.h"
#include "input/spec_source.h"
#include "rigjit/loaded_rigs.h"
#include "support/errors.h"
#include "support/late_import.h"
#include "support/path_text.h"
#include "support/whole_number.h"
#include "support/without_gil.h"

namespace py = pybind11;

namespace rigjit::python {
namespace {

std::unique_ptr<LoadedRig> load_source(const SpecSource& source, LoadOptions options) {
  Result<Rig> rig = [&] {
    const WithoutGil release;
    return load(source, options);
  }();
  auto loaded = std::make_unique<LoadedRig>(value_or_throw(std::move(rig)), std::move(options));
  if (!loaded->rig.cache_note().empty()) {
    py::module_::import("rigjit._errors")
        .attr("log_cache_note")(loaded->rig.name(), text_of(loaded->rig.cache_note()));
  }
  return loaded;
}

std::optional<std::string> optional_name(const py::object& path) {
  if (path.is_none()) {
    return std::nullopt;
  }
  return file_name(path);
}

LoadOptions make_options(const py::object& cache_dir, bool cache, std::optional<std::string> target,
                         std::optional<std::string> name_space) {
  LoadOptions options;
  options.cache_dir = optional_name(cache_dir);
  options.cache = cache;
  options.target = std::move(target);
  options.name_space = std::move(name_space).value_or("");
  return options;
}

std::unique_ptr<LoadedRig> load_path(const py::object& path, const py::object& cache_dir,
                                     bool cache, std::optional<std::string> target,
                                     std::optional<std::string> name_space) {
  LoadOptions options = make_options(cache_dir, cache, std::move(target), std::move(name_space));
  return load_source(read_spec_file(path), std::move(options));
}

// The text of a spec: str, or bytes of UTF-8.
std::string spec_text(const py::object& text) {
  if (!py::isinstance<py::str>(text) && !py::isinstance<py::bytes>(text)) {
    const bool is_path = py::hasattr(text, "__fspath__");
    const bool is_file = py::hasattr(text, "read");
    throw py::type_error("loads takes the text of a spec, str or bytes, not " +
                         std::string(Py_TYPE(text.ptr())->tp_name) +
                         (is_path   ? "; call rigjit.load(path) to read a file"
                          : is_file ? "; pass what its read() gives"
                                    : ""));
  }
  return text.cast<std::string>();
}

std::unique_ptr<LoadedRig> load_text(const py::object& text, const py::object& base_dir,
                                     const py::object& cache_dir, bool cache,
                                     std::optional<std::string> target,
                                     std::optional<std::string> name_space) {
  LoadOptions options = make_options(cache_dir, cache, std::move(target), std::move(name_space));
  return load_source(SpecSource::text(spec_text(text), "<string>", optional_name(base_dir)),
                     std::move(options));
}

// What pickle calls with what __reduce__ returned. `hash`: of the rig that was pickled.
std::unique_ptr<LoadedRig> restore(const std::string& hash,
                                   const std::vector<std::pair<py::bytes, py::bytes>>& files,
                                   const std::optional<py::bytes>& cache_dir, bool cache,
                                   std::optional<std::string> target, std::string name_space) {
  if (files.empty()) {
    throw py::value_error("a pickled rig has the text of its spec");
  }
  std::vector<SpecFile> texts;
  for (const auto& [name, text] : files) {
    texts.push_back({name, text});
  }
  LoadOptions options;
  if (cache_dir) {
    options.cache_dir = static_cast<std::string>(*cache_dir);
  }
  options.cache = cache;
  options.target = std::move(target);
  options.name_space = std::move(name_space);
  std::unique_ptr<LoadedRig> loaded =
      load_source(SpecSource::texts(std::move(texts)), std::move(options));
  if (loaded->rig.hash() != hash) {
    throw_python_error(
        {make_error("hash-mismatch", "the pickled rig '" + loaded->rig.name() + "' had the hash " +
                                         hash + ", but this version of rigjit reads its spec as " +
                                         loaded->rig.hash())});
  }
  return loaded;
}

py::tuple reduce(const LoadedRig& self) {
  py::list files;
  for (const SpecFile& file : self.rig.spec_files()) {
    files.append(py::make_tuple(py::bytes(file.name), py::bytes(file.text)));
  }
  std::optional<py::bytes> cache_dir;
  if (self.options.cache_dir) {
    cache_dir = py::bytes(*self.options.cache_dir);
  }
  const py::object function = late_import("rigjit._restore").attr("restore");
  return py::make_tuple(function,
                        py::make_tuple(self.rig.hash(), files, cache_dir, self.options.cache,
                                       self.options.target, self.options.name_space));
}

std::size_t set_limit(const py::object& limit) {
  const auto count = static_cast<std::size_t>(whole_number(limit, "limit", 0));
  const WithoutGil release;
  return set_loaded_rigs_limit(count);
}

// Freeing rigs is no work to hold the GIL for.
void bind_loaded_rigs(py::module_& module) {
  const py::call_guard<WithoutGil> without_gil;
  module.def(
      "loaded_rigs_limit", &loaded_rigs_limit, without_gil,
      "How many rigs this process keeps loaded for load and loads to share, at most: 64,\n"
      "unless the environment's RIGJIT_LOADED_RIGS or set_loaded_rigs_limit says otherwise.");
  module.def("set_loaded_rigs_limit", &set_limit, py::arg("limit"),
             "Keep at most so many rigs, those used last; 0 keeps none. Returns the limit before.");
  module.def("forget_loaded_rigs", &forget_loaded_rigs, without_gil,
             "Forget the rigs that are kept: each is freed, code included, with its last Rig.\n"
             "Returns how many there were.");
}

}  // namespace

void bind_load(py::module_& module, RigClass& rig) {
  module.def(
      "load", &load_path, py::arg("path"), py::kw_only(), py::arg("cache_dir") = py::none(),
      py::arg("cache") = true, py::arg("target") = py::none(), py::arg("namespace") = py::none(),
      "Load the rig of a spec file; compile it unless its code is cached.\n\n"
      "cache_dir: directory of cached code, instead of the user's; several with ':' between\n"
      "them are searched in turn, and the last is written to. cache=False: nothing is\n"
      "read from or written to disk. target: 'x86-64-v3', instead of the best that this\n"
      "machine runs. namespace: 'hero' or 'shot:hero', as Maya puts names into it: 'hero:ctrl',\n"
      "'|hero:grp|hero:ctrl'. Raises RigError with every mistake of the spec, OSError where the "
      "file\n"
      "cannot be read.");
  module.def("loads", &load_text, py::arg("text"), py::kw_only(), py::arg("base_dir") = py::none(),
             py::arg("cache_dir") = py::none(), py::arg("cache") = true,
             py::arg("target") = py::none(), py::arg("namespace") = py::none(),
             "Load a rig from a spec's text, str or UTF-8 bytes; otherwise like load.\n\n"
             "base_dir: the directory that a relative `base` in the text starts from.");
  module.def("_restore", &restore);
  bind_loaded_rigs(module);
  rig.def("__reduce__", &reduce);
  // A rig is immutable.
  rig.def("__copy__", [](const py::object& self) { return self; });
  rig.def("__deepcopy__", [](const py::object& self, const py::object&) { return self; });
}

}  // namespace rigjit::python
