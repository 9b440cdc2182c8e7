#include "commands/add_commands.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <system_error>
#include <utility>

#include "commands/words.h"
#include "rigjit/emit.h"

namespace rigjit::cli {
namespace {

// CLI11's IsMember, which does not suggest.
CLI::Validator one_of(const std::vector<std::string>& words) {
  CLI::Validator validator(
      [words](const std::string& word) {
        if (std::ranges::count(words, word) != 0) return std::string();
        return "'" + word + "' is none of " + joined(words) + did_you_mean(word, words);
      },
      "");
  return validator.description("{" + joined(words) + "}");
}

constexpr const char* kTargetHelp = "Machine to make code for, as listed by 'rigjit info'";
constexpr const char* kSpecHelp = "The rig's YAML spec; - reads standard input";

void add_cache_dir(CLI::App& command, std::optional<std::string>& cache_dir) {
  command.add_option("--cache-dir", cache_dir,
                     "Directory of cached machine code; several with : between them are searched "
                     "in turn, and the last is written to");
}

void add_name_space(CLI::App& command, std::string& name_space) {
  command.add_option("--namespace", name_space,
                     "Put before every controller's name with a colon: hero, or shot:hero");
}

void add_load_options(CLI::App& command, LoadOptions& load) {
  add_cache_dir(command, load.cache_dir);
  command.add_flag("!--no-cache", load.cache, "Neither read nor write cached machine code");
  command.add_option("--target", load.target, kTargetHelp);
  add_name_space(command, load.name_space);
}

// CLI11 takes the nearest number for one that is too large.
template <typename Number>
std::string why_too_large(const std::string& text) {
  Number number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc::result_out_of_range ? "'" + text + "' is too large" : "";
}

// A number with a sign would become a huge one.
const CLI::Validator& not_negative() {
  static const CLI::Validator validator(
      [](const std::string& text) {
        return text.starts_with('-') ? "'" + text + "' is negative" : why_too_large<uint64_t>(text);
      },
      "");
  return validator;
}

const CLI::Validator& int64() {
  static const CLI::Validator validator(why_too_large<int64_t>, "");
  return validator;
}

void add_check(CLI::App& app, CheckOptions& options) {
  CLI::App* command = app.add_subcommand("check", "Report every mistake in specs");
  command->add_option("SPEC", options.specs, kSpecHelp)->required();
  command->add_flag("--json", options.json, "Print a JSON array of mistakes");
  command->footer(
      "rigjit check SPEC --model MODEL, of the Python package, says whether a network's file is\n"
      "stamped for the rig.");
}

// A word of a table, into anything that holds its values.
template <typename T, typename Value>
void add_choice(CLI::App& command, const std::string& name, T& chosen,
                const std::map<std::string, Value>& values, const std::string& help) {
  std::string text;
  std::vector<std::string> words;
  for (const auto& [word, value] : values) {
    text += (text.empty() ? "" : "|") + word;
    words.push_back(word);
  }
  const auto choose = [&chosen, &values, name, words, text](const std::string& word) {
    const auto found = values.find(word);
    if (found == values.end()) {
      throw CLI::ValidationError(name,
                                 "'" + word + "' is none of " + text + did_you_mean(word, words));
    }
    chosen = found->second;
  };
  command.add_option_function<std::string>(name, choose, help)->type_name(text);
}

void add_pose_options(CLI::App& command, ConvertOptions& options) {
  using Missing = PoseOptions::Missing;
  using Extra = PoseOptions::Extra;
  static const std::map<std::string, Missing> missing{{"error", Missing::kError},
                                                      {"rest", Missing::kRest}};
  static const std::map<std::string, Extra> extra{{"ignore", Extra::kIgnore},
                                                  {"error", Extra::kError}};
  add_choice(command, "--missing", options.read.pose.missing, missing,
             "Channels that a pose lacks: an error (the default), or the rest pose's");
  add_choice(command, "--extra", options.read.pose.extra, extra,
             "What a pose has and the rig has not: ignored (the default), or an error");
}

// chosen: anything that holds a FrameRate.
template <typename T>
void add_frame_rate(CLI::App& command, T& chosen, const std::string& help) {
  command
      .add_option_function<std::string>(
          "--fps",
          [&chosen](const std::string& text) {
            const Result<FrameRate> fps = parse_frame_rate(text);
            if (!fps) throw CLI::ValidationError("--fps", fps.errors().front().message);
            chosen = *fps;
          },
          help)
      ->type_name("RATE");
}

void add_clip_options(CLI::App& command, ConvertOptions& options) {
  add_frame_rate(command, options.timing.fps,
                 "Of a clip that is written: 24, 23.976, 24000/1001; the input's, if that is a "
                 "clip, else 24");
  command
      .add_option("--start-frame", options.timing.start_frame,
                  "Number of the first frame of a clip that is written; the input's, else 0")
      ->check(int64());
}

void add_convert(CLI::App& app, ConvertOptions& options) {
  CLI::App* command =
      app.add_subcommand("convert", "Convert vectors to messages, JSON, values or clips, and back");
  command->add_option("SPEC", options.spec, kSpecHelp)->required();
  command
      ->add_option("INPUT", options.inputs,
                   "Files of vectors or values (.npy of float16, float32 or float64, one frame or "
                   "many; vector files), messages (MessagePack), JSON or clips; - reads standard "
                   "input")
      ->required();
  command->add_option("-o,--output", options.out,
                      "File, or directory for one file an input; - (the default) is standard "
                      "output");
  add_choice(*command, "--from", options.read.form, input_forms(),
             "What the inputs are; by default told from their content");
  add_choice(*command, "--to", options.to, output_forms(),
             "What to write; by default what the output's extension says (.npy .safetensors .clip "
             ".msgpack .json .jsonl): of vectors messages, values or a clip, of all else vectors");
  command->add_flag("--raw", options.read.raw,
                    "Inputs are bare little-endian float32: vectors, or what --from says");
  static const std::map<std::string, bool> choices{{"stop", false}, {"skip", true}};
  add_choice(*command, "--on-error", options.skip_bad, choices,
             "At a bad frame: stop (the default) with this input, or skip the frame and say so");
  add_pose_options(*command, options);
  command->add_flag("--continuous", options.converter.continuous,
                    "Curves that do not jump: each frame continues the one before");
  add_clip_options(*command, options);
  command
      ->add_option("--threads", options.converter.threads,
                   "Threads at most; 0 (the default): every core. Continuous frames take one")
      ->check(not_negative());
  command->add_flag("-q,--quiet", options.quiet, "No progress on the terminal");
  add_load_options(*command, options.load);
}

void add_show(CLI::App& app, ShowOptions& options) {
  CLI::App* plan = app.add_subcommand("plan", "Print what a rig means");
  CLI::App* ir = app.add_subcommand("ir", "Print the LLVM IR of a rig");
  CLI::App* assembly = app.add_subcommand("asm", "Print the machine code of a rig as assembly");
  for (CLI::App* command : {plan, ir, assembly}) {
    command->add_option("SPEC", options.spec, kSpecHelp)->required();
    add_load_options(*command, options.load);
  }
  for (CLI::App* command : {ir, assembly}) {
    command->add_option("--program", options.program, "What to show of what the rig is compiled to")
        ->check(one_of(program_names()))
        ->capture_default_str();
  }
  ir->add_option("--controller", options.controller, "Only the parts of this controller");
  app.add_subcommand("schema", "Print the JSON Schema of specs, for editors");
}

void add_resolve(CLI::App& app, ResolveOptions& options) {
  CLI::App* command =
      app.add_subcommand("resolve", "Print a spec with its bases merged in, as one flat spec");
  command->add_option("SPEC", options.spec, kSpecHelp)->required();
}

void add_diff(CLI::App& app, DiffOptions& options) {
  CLI::App* command =
      app.add_subcommand("diff", "List inputs, channels and coefficients that two specs differ in");
  command->add_option("OLD", options.old_spec, kSpecHelp)->required();
  command->add_option("NEW", options.new_spec, kSpecHelp)->required();
  command->add_flag("--json", options.json, "Print a JSON object");
  command->footer("Exit codes: 0 the rigs mean the same, 1 they differ, 2 trouble.");
}

void add_compile(CLI::App& app, CompileOptions& options) {
  CLI::App* command = app.add_subcommand("compile", "Fill the cache with the code of specs");
  command->add_option("SPEC", options.specs, kSpecHelp)->required();
  command
      ->add_option("--target", options.targets,
                   "Machine to make code for, which need not be this one; may be repeated")
      ->expected(1)
      ->take_all();
  std::vector<std::string> programs = program_names();
  programs.emplace_back(kAllPrograms);
  command
      ->add_option("--programs", options.programs,
                   "What to compile the rigs to: of " + joined(programs) + "; by default " +
                       joined(usual_program_names()))
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->check(one_of(programs))
      ->type_name("NAMES");
  command
      ->add_option(
          "--emit", options.emit,
          "Write files for programs that link the code, instead of filling the cache: of " +
              joined(emit_kind_names()))
      ->delimiter(',')
      ->expected(1)
      ->take_all()
      ->check(CLI::IsMember(emit_kind_names()))
      ->type_name("KINDS");
  command->add_option("-o,--output", options.directory, "Of --emit: the directory to write to")
      ->type_name("DIR");
  command->add_option("--prefix", options.prefix,
                      "Of --emit: what C names begin with; by default the rig's name");
  add_name_space(*command, options.name_space);
  add_cache_dir(*command, options.cache_dir);
}

void add_explain(CLI::App& app, ExplainPageOptions& options) {
  CLI::App* command = app.add_subcommand(
      "explain",
      "Write a page (HTML, one file) that shows spec, inputs, code and message together");
  command->add_option("SPEC", options.spec, kSpecHelp)->required();
  CLI::Option* out =
      command->add_option("-o,--output", options.out, "The page; - is standard output");
  command->add_option("--vectors", options.vectors,
                      "A vector file (safetensors) whose frames the page offers");
  CLI::Option* profile = command->add_flag(
      "--profile", options.profile,
      "Measure what share of a call each part takes: a table, and a chart in the page");
  add_load_options(*command, options.load);
  command->final_callback([out, profile] {
    if (out->count() == 0 && profile->count() == 0) {
      throw CLI::ValidationError("explain", "-o FILE (or --profile) is needed");
    }
  });
}

void add_cache(CLI::App& app, CacheOptions& options) {
  CLI::App* command = app.add_subcommand("cache", "Look at (ls, the default) or tidy the cache");
  command->require_subcommand(0, 1);
  add_cache_dir(*command, options.cache_dir);
  const std::pair<const char*, const char*> actions[] = {
      {"ls", "List what is in it"},
      {"dir", "Print where it is"},
      {"verify", "Check every byte; exit 1 if something is damaged"},
      {"prune", "Remove what was used longest ago, down to a size, and what crashes left behind"},
      {"why", "Tell what of a rig's code is found, and field by field why not"},
      {"clear", "Remove everything that rigjit put there"}};
  for (const auto& [name, help] : actions) {
    CLI::App* action = command->add_subcommand(name, help);
    add_cache_dir(*action, options.cache_dir);
    if (std::string_view(name) != "dir") action->add_flag("--json", options.json, "Print JSON");
  }
  CLI::App* prune = command->get_subcommand("prune");
  prune
      ->add_option(
          "--max-size", options.prune.size_limit,
          "Bytes that may stay (0: none), or 200K, 512M, 2G; else RIGJIT_CACHE_SIZE, else 512M")
      ->transform(CLI::AsSizeValue(false))
      ->transform(not_negative())  // comes first
      ->type_name("SIZE");
  CLI::App* why = command->get_subcommand("why");
  why->add_option("SPEC", options.spec, kSpecHelp)->required();
  why->add_option("--target", options.target, kTargetHelp);
  add_name_space(*why, options.name_space);
  why->footer("Exit codes: 0 everything is found, 1 something is not, or trouble.");
  prune->add_flag("--unusable", options.prune.unusable_entries,
                  "Also what this build would not use: damage, and code of other builds");
}

#ifdef RIGJIT_COLLISION
void add_penetrations(CLI::App& app, PenetrationOptions& options) {
  CLI::App* command = app.add_subcommand(
      "penetrations", "List the worst frames in which a character's hulls pass through each other");
  command
      ->add_option("HULLS", options.hulls,
                   "A safetensors file of the points of each hull, as rigjit.collision saves it")
      ->required();
  command
      ->add_option("TRANSFORMS", options.transforms,
                   "An .npy file of matrices for column vectors, (frames, hulls, 4, 4) or (frames, "
                   "hulls, 3, 4) of float32 or float64; - reads standard input")
      ->required();
  command->add_option("--rest", options.rest,
                      "The same of the rest pose, one frame: pairs that overlap there are left "
                      "out; by default every pair is looked at");
  add_frame_rate(*command, options.fps, "Of the timecode: 24 (the default), 23.976, 24000/1001");
  command->add_option("-o,--output", options.out,
                      "JSON lines of every penetration, worst first, one for each pair and "
                      "unbroken run of frames; - is standard output, and there is no table then");
  command->add_option("--chart", options.chart,
                      "SVG of depth over time for the worst pairs; - is standard output");
  command->add_option("--top", options.top, "Rows of the table at most; 0: all")
      ->check(not_negative())
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Threads at most; 0 (the default): every core")
      ->check(not_negative());
  command->add_flag("-q,--quiet", options.quiet, "No progress on the terminal");
}
#endif

void add_info(CLI::App& app, InfoOptions& options) {
  CLI::App* command =
      app.add_subcommand("info", "Print versions, machine, targets and the cache's state");
  command->add_flag("--json", options.json, "As a JSON object");
  // Of the Python package; not for people.
  command->add_option("--fact", options.facts)->expected(1)->take_all()->group("");
  add_cache_dir(*command, options.cache_dir);
}

// What the Python package's command does itself, before it comes here.
void add_python_commands(CLI::App& app) {
  for (const auto& [name, help] :
       {std::pair{"dataset", "Make data sets of clips and poses (of the Python package)"},
        std::pair{"fit", "Fit scale and center of a spec to poses (of the Python package)"},
        std::pair{"play", "Send vectors as a live stream to viewers (of the Python package)"},
        std::pair{"serve", "Serve rigs and models over HTTP (of the Python package)"},
        std::pair{"stamp", "Write into a model which rig it is for (of the Python package)"},
        std::pair{"stats", "Say what channels do in files of poses (of the Python package)"}}) {
    CLI::App* command = app.add_subcommand(name, help);
    command->set_help_flag();
    command->prefix_command();
  }
}

}  // namespace

void add_commands(CLI::App& app, Options& options) {
  add_check(app, options.check);
  add_convert(app, options.convert);
  add_show(app, options.show);
  add_resolve(app, options.resolve);
  add_diff(app, options.diff);
  add_compile(app, options.compile);
  add_explain(app, options.explain);
  add_cache(app, options.cache);
  add_info(app, options.info);
#ifdef RIGJIT_COLLISION
  add_penetrations(app, options.penetrations);
#endif
  add_python_commands(app);
}

}  // namespace rigjit::cli
