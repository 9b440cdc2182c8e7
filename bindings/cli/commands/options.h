// What was asked on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "convert/converter.h"
#include "convert/forms.h"
#include "convert/reader.h"
#include "io/exit_code.h"
#include "rigjit/cache.h"
#include "rigjit/frame_rate.h"
#include "rigjit/load.h"

namespace rigjit::cli {

struct CheckOptions {
  std::vector<std::string> specs;  // "-": standard input
  bool json = false;
};

struct ConvertOptions {
  LoadOptions load;
  std::string spec;
  std::vector<std::string> inputs;
  std::string out = "-";  // or a file, or a directory
  ReadOptions read;
  std::optional<Form> to;
  ConverterOptions converter;
  ClipTiming timing;
  bool skip_bad = false;
  bool quiet = false;
};

struct ShowOptions {
  LoadOptions load;
  std::string spec;
  std::string controller;
  std::string program = "message";
};

struct ResolveOptions {
  std::string spec;
};

struct DiffOptions {
  std::string old_spec;
  std::string new_spec;
  bool json = false;
};

inline constexpr const char* kAllPrograms = "all";

struct CompileOptions {
  std::optional<std::string> cache_dir;
  std::string name_space;
  std::vector<std::string> specs;
  std::vector<std::string> targets;   // empty: the best that this machine runs
  std::vector<std::string> programs;  // of program_names(), or kAllPrograms; empty: the usual ones
  std::vector<std::string> emit;      // of emit_kind_names(); empty: the cache is filled
  std::string directory;              // of --emit
  std::string prefix;                 // of --emit; empty: the rig's name
};

struct ExplainPageOptions {
  std::string spec;
  std::string out;      // "-": standard output; empty: only the profile is wanted
  std::string vectors;  // a vector file; empty: none
  bool profile = false;
  LoadOptions load;
};

struct CacheOptions {
  std::string spec;                   // why
  std::optional<std::string> target;  // why
  std::string name_space;             // why
  std::optional<std::string> cache_dir;
  bool json = false;
  PruneOptions prune;  // prune
};

struct PenetrationOptions {
  std::string hulls;
  std::string transforms;
  std::string rest;   // empty: every pair
  std::string out;    // empty: no file
  std::string chart;  // empty: none
  FrameRate fps;
  std::size_t top = 20;  // rows of the table; 0: all
  unsigned threads = 0;
  bool quiet = false;
};

struct InfoOptions {
  std::optional<std::string> cache_dir;
  std::vector<std::string> facts;  // "name=value", of whoever starts the program
  bool json = false;
};

struct Options {
  CheckOptions check;
  ConvertOptions convert;
  ShowOptions show;
  ResolveOptions resolve;
  DiffOptions diff;
  CompileOptions compile;
  ExplainPageOptions explain;
  CacheOptions cache;
  InfoOptions info;
  PenetrationOptions penetrations;
};

// The chosen command, or what the parser answers itself (help, version, a usage error).
struct Parsed {
  std::string command;  // "check", "cache ls"; empty: print `text` and exit with `exit_code`
  std::string text;
  int exit_code = kFine;
};

Parsed parse_options(int argc, const char* const* argv, Options& options);

}  // namespace rigjit::cli
