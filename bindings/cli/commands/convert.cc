#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/make_error.h"
#include "commands/commands.h"
#include "convert/bad_frames.h"
#include "convert/converter.h"
#include "convert/destinations.h"
#include "convert/reader.h"
#include "convert/writer.h"
#include "io/output.h"
#include "io/progress.h"
#include "io/source.h"
#include "rigjit/load.h"

namespace rigjit::cli {
namespace {

// Why the command line makes no sense; empty: it does.
std::string usage_problem(const ConvertOptions& options) {
  const bool to_directory = names_directory(options.out);
  const auto from_stdin = std::ranges::count(options.inputs, "-") + (options.spec == "-" ? 1 : 0);
  if (from_stdin > 1) return "standard input can be read once only";
  if (options.inputs.size() > 1 && !to_directory) {
    return "several inputs need a directory for their outputs: -o DIRECTORY/";
  }
  if (to_directory && std::ranges::count(options.inputs, "-") > 0) {
    return "what standard input becomes needs a name: -o FILE";
  }
  const bool are_numbers = !options.read.form || *options.read.form == Form::kVectors ||
                           *options.read.form == Form::kValues;
  if (options.read.raw && !are_numbers) return "--raw goes with --from vectors or --from values";
  return {};
}

std::vector<std::string> all_inputs(const ConvertOptions& options, const Rig& rig) {
  std::vector<std::string> names = options.inputs;
  for (const SpecFile& file : rig.spec_files()) names.push_back(file.name);
  return names;
}

// Of a clip: what is asked for, else what the input says.
ClipTiming timing_of(const ConvertOptions& options, const Reader& reader) {
  ClipTiming timing = reader.timing();
  if (options.timing.fps) timing.fps = options.timing.fps;
  if (options.timing.start_frame) timing.start_frame = options.timing.start_frame;
  return timing;
}

class Conversion {
 public:
  Conversion(const ConvertOptions& options, const Rig& rig, Destinations& destinations,
             Progress& progress)
      : options_(options), rig_(rig), destinations_(destinations), progress_(progress) {}

  Status convert(const std::string& input) {
    Result<Source> source = Source::open(input);
    if (!source) return source.errors();
    BadFrames bad_frames(source->name(), options_.skip_bad, bad_frame_report_);
    const auto reader = open_reader(*std::move(source), rig_, options_.read, bad_frames);
    if (!reader) return reader.errors();
    const Result<Destination> destination =
        destinations_.destination_of(input, (*reader)->form() == Form::kVectors);
    if (!destination) return destination.errors();
    const auto writer =
        open_writer(destination->name, destination->form, rig_, timing_of(options_, **reader));
    if (!writer) return writer.errors();
    Converter converter(rig_, (*reader)->numbers(), options_.converter, bad_frames, **writer);
    if (Status status = run(**reader, converter); !status) return status;
    const Tally tally{(*reader)->frames(), (*writer)->frames(), bad_frames.skipped()};
    if (tally.skipped > 0) say_skipped(input, tally, bad_frames.only_counted());
    if (const std::string note = (*reader)->note(); !note.empty()) say(input, note);
    if (std::optional<Error> error = problem_of(tally, input)) return *std::move(error);
    return (*writer)->finish();
  }

 private:
  // Frames of an input.
  struct Tally {
    std::size_t read, written, skipped;
  };

  Status run(Reader& reader, Converter& converter) {
    for (;;) {
      const Result<Frames> frames = reader.next();
      if (!frames) return frames.errors();
      if (frames->count == 0) return Done{};
      if (Status status = converter.convert(*frames); !status) return status;
      progress_.add_frames(frames->count);
    }
  }

  static std::optional<Error> problem_of(const Tally& tally, const std::string& input) {
    if (tally.read != tally.written + tally.skipped) {
      return error_in_file("lost-frames",
                           std::to_string(tally.read) + " frames were read, " +
                               std::to_string(tally.written) + " written and " +
                               std::to_string(tally.skipped) +
                               " skipped, which is an error of rigjit; nothing is written",
                           input);
    }
    if (tally.written == 0) {
      const std::string what = tally.read == 0 ? "it holds no frame"
                                               : "none of its " + std::to_string(tally.read) +
                                                     " frames can be converted";
      return error_in_file("no-frames", what + "; nothing is written", input);
    }
    return std::nullopt;
  }

  void say_skipped(const std::string& input, const Tally& tally, std::size_t only_counted) {
    std::string text = "skipped " + std::to_string(tally.skipped) + " of " +
                       std::to_string(tally.read) + " frames";
    if (only_counted > 0) {
      text += "; what is wrong with " + std::to_string(only_counted) + " of them is not shown";
    }
    say(input, text);
  }

  void say(const std::string& input, const std::string& text) {
    progress_.complain((options_.inputs.size() > 1 ? input + ": " : std::string()) + text);
  }

  const ConvertOptions& options_;
  const Rig& rig_;
  Destinations& destinations_;
  Progress& progress_;
  BadFrameReport bad_frame_report_{progress_};
};

}  // namespace

int convert(const ConvertOptions& options) {
  if (const std::string problem = usage_problem(options); !problem.empty()) {
    complain(problem);
    return kUsage;
  }
  const Result<Rig> rig =
      with_spec(options.spec, [&](const SpecSource& source) { return load(source, options.load); });
  if (!rig) return complain(rig.errors());
  Destinations destinations(options.out, options.to, all_inputs(options, *rig));
  if (Status status = destinations.prepare(); !status) return complain(status.errors());
  Progress progress(options.quiet, options.inputs.size());
  Conversion conversion(options, *rig, destinations, progress);
  int exit_code = kFine;
  for (const std::string& input : options.inputs) {
    progress.begin_file(input);
    if (const Status status = conversion.convert(input); !status) {
      progress.complain(status.errors());
      exit_code = kMistake;
    }
    progress.end_file();
  }
  return exit_code;
}

}  // namespace rigjit::cli
