#include <algorithm>
#include <string>
#include <vector>

#include "commands/commands.h"
#include "io/output.h"
#include "io/progress.h"
#include "penetrations/depth_chart.h"
#include "penetrations/penetration_runs.h"
#include "penetrations/transforms_file.h"
#include "penetrations/worst_text.h"
#include "rigjit/collision.h"

namespace rigjit::cli {
namespace {

using collision::Hulls;
using collision::Pair;

Errors in_file(Errors errors, const std::string& name) {
  for (Error& error : errors) {
    if (!error.file) error.file = name;
  }
  return errors;
}

std::vector<Pair> every_pair(std::size_t hulls) {
  std::vector<Pair> pairs;
  const auto count = static_cast<int32_t>(hulls);
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t j = i + 1; j < count; ++j) pairs.push_back({i, j});
  }
  return pairs;
}

// Those that don't overlap in the rest pose; every one where there is none.
Result<std::vector<Pair>> pairs_of(const Hulls& hulls, const std::string& rest_name) {
  if (rest_name.empty()) return every_pair(hulls.size());
  Result<TransformsFile> file = TransformsFile::open(rest_name, hulls.size());
  if (!file) return file.errors();
  if (file->frames() != 1) {
    return in_file({Error{"wrong-shape",
                          "the rest pose is one frame, not " + std::to_string(file->frames()),
                          {},
                          {},
                          {},
                          {},
                          {}}},
                   rest_name);
  }
  const Result<collision::Transforms> rest = file->next();
  if (!rest) return rest.errors();
  Result<collision::PairList> list = hulls.pairs(*rest);
  if (!list) return in_file(list.errors(), rest_name);
  return std::move(list)->pairs;
}

Result<PenetrationRuns> find_runs(const Hulls& hulls, const std::vector<Pair>& pairs,
                                  TransformsFile& motion, unsigned threads, Progress& progress) {
  PenetrationRuns runs;
  collision::ContactOptions options;
  options.threads = threads;
  for (;;) {
    const Result<collision::Transforms> block = motion.next();
    if (!block) return block.errors();
    if (block->frames == 0) return runs;
    const Result<collision::ContactList> contacts =
        hulls.contacts(*block, pairs.data(), pairs.size(), options);
    if (!contacts) return in_file(contacts.errors(), motion.name());
    runs.add(*contacts);
    progress.add_frames(block->frames);
  }
}

Status write_file(const std::string& name, const std::string& text) {
  Result<Output> output = Output::open(name);
  if (!output) return output.errors();
  if (Status written = output->write(text.data(), text.size()); !written) return written;
  return output->finish();
}

Status write_results(const PenetrationOptions& options, const std::vector<PenetrationRun>& runs,
                     const Names& names, std::size_t frames) {
  if (!options.out.empty()) {
    std::string lines;
    for (const PenetrationRun& run : runs) lines += worst_json(run, names) + "\n";
    if (Status written = write_file(options.out, lines); !written) return written;
  }
  if (options.chart.empty()) return Done{};
  return write_file(options.chart, depth_chart(runs, names, static_cast<int32_t>(frames)));
}

std::string summary(const std::vector<PenetrationRun>& runs, std::size_t frames,
                    std::size_t pairs) {
  const std::string where =
      " in " + std::to_string(frames) + " frames of " + std::to_string(pairs) + " pairs";
  if (runs.empty()) return "no penetration" + where + "\n";
  return std::to_string(runs.size()) + (runs.size() == 1 ? " penetration" : " penetrations") +
         where + ", the worst first:\n";
}

}  // namespace

int penetrations(const PenetrationOptions& options) {
  const Result<Hulls> hulls = Hulls::load(options.hulls);
  if (!hulls) return complain(hulls.errors());
  Result<TransformsFile> motion = TransformsFile::open(options.transforms, hulls->size());
  const Result<std::vector<Pair>> pairs = pairs_of(*hulls, options.rest);
  if (!motion) complain(motion.errors());
  if (!pairs) complain(pairs.errors());
  if (!motion || !pairs) return kMistake;

  Progress progress(options.quiet, 1);
  progress.begin_file(motion->name());
  Result<PenetrationRuns> found = find_runs(*hulls, *pairs, *motion, options.threads, progress);
  if (!found) {
    progress.complain(found.errors());
    return kMistake;
  }
  progress.end_file();
  const std::vector<PenetrationRun> runs = std::move(*found).worst_first();
  const Names names{hulls->names(), *pairs, options.fps};
  if (const Status written = write_results(options, runs, names, motion->frames()); !written) {
    progress.complain(written.errors());
    return kMistake;
  }
  if (options.out == "-" || options.chart == "-") return kFine;
  const std::size_t rows = options.top == 0 ? runs.size() : options.top;
  return print(summary(runs, motion->frames(), pairs->size()) + worst_table(runs, names, rows));
}

}  // namespace rigjit::cli
