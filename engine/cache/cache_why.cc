#include "cache/cache_why.h"

#include <algorithm>

#include "cache/cache_dir.h"
#include "cache/cache_entry.h"
#include "cache/cache_file_kind.h"
#include "cache/cache_location.h"
#include "cache/code_header.h"
#include "cache/code_key.h"
#include "code/program_names.h"

namespace rigjit {
namespace {

// Code of the same rig is nearer than that of another, even one of the same build.
std::size_t distance(const std::vector<KeyDifference>& differences) {
  constexpr std::size_t kOfAnotherRig = 10;
  constexpr std::size_t kOfAnotherProgram = 2;
  std::size_t sum = differences.size();
  for (const KeyDifference& difference : differences) {
    if (difference.field == "rig hash") sum += kOfAnotherRig;
    if (difference.field == "program") sum += kOfAnotherProgram;
  }
  return sum;
}

// How a code file differs from what is wanted; nothing if that cannot be told.
std::vector<KeyDifference> differences_of(int directory, const std::string& name,
                                          const CodeKey& wanted) {
  const std::expected<TrustedFile, FileFault> file = open_cache_file(directory, name);
  if (!file) return {};
  const int fd = file->fd.get();
  const auto size = static_cast<uint64_t>(file->status.st_size);
  if (const std::expected<CodeKey, FileFault> key = read_code_key(fd, size)) {
    return key->differences(wanted);
  }
  // Where everything else lies in a file of another format is unknown; names begin with the hash.
  const std::optional<uint32_t> format = read_code_format(fd);
  if (!format || *format == kCodeFormat || !name.starts_with(wanted.rig_hash.to_hex())) return {};
  return {{"format", std::to_string(*format), std::to_string(kCodeFormat)}};
}

void find_nearest(int directory, const CodeKey& wanted, CacheAnswer& answer) {
  const std::expected<std::vector<std::string>, int> names = names_in(directory);
  if (!names) return;
  for (const std::string& name : *names) {
    if (kind_of(name, false) != CacheFileKind::kCode) continue;
    std::vector<KeyDifference> differences = differences_of(directory, name, wanted);
    if (differences.empty()) continue;
    if (!answer.nearest.empty() && distance(differences) >= distance(answer.differences)) continue;
    answer.nearest = answer.directory + "/" + name;
    answer.differences = std::move(differences);
  }
}

// Why a load would not use the file of this name; empty if it would.
std::string problem_of(int directory, const std::string& name, const CodeKey& wanted) {
  const std::expected<TrustedFile, FileFault> file = open_cache_file(directory, name);
  if (!file) return file.error().reason;
  const std::expected<CodeKey, FileFault> key =
      verify_code_file(file->fd.get(), static_cast<uint64_t>(file->status.st_size));
  if (!key) return key.error().reason;
  const std::string difference = key->difference(wanted);
  return difference.empty() ? "" : "it was made for another key: " + difference;
}

CacheAnswer ask(const std::string& path, const CodeKey& wanted) {
  CacheAnswer answer;
  answer.program = to_string(wanted.program);
  answer.target = target_of(wanted.target).name;
  answer.directory = path;
  answer.path = path + "/" + wanted.file_name();
  const std::expected<UniqueFd, std::string> directory = open_cache_dir(path);
  if (!directory) {
    answer.problem = directory.error();
    return answer;
  }
  answer.problem = problem_of(directory->get(), wanted.file_name(), wanted);
  if (!answer.problem.empty()) find_nearest(directory->get(), wanted, answer);
  return answer;
}

// Appends the answers up to the first that a load would take.
void ask_all(const RigDescription& description, Program program,
             const std::vector<const Target*>& targets, const std::vector<std::string>& paths,
             std::vector<CacheAnswer>& answers) {
  for (const Target* target : targets) {
    for (const std::string& path : paths) {
      answers.push_back(ask(path, code_key(description, program, *target)));
      if (answers.back().problem.empty()) return;
    }
  }
}

}  // namespace

CacheExplanation explain_cache(const RigDescription& description,
                               const std::vector<const Target*>& targets,
                               const std::optional<std::string>& directories) {
  CacheExplanation explanation{description.name, description.rig_hash.to_hex(), {}};
  const std::expected<std::vector<std::string>, std::string> paths = cache_directories(directories);
  for (const Program program : kUsualPrograms) {
    if (paths) {
      ask_all(description, program, targets, *paths, explanation.answers);
    } else {
      CacheAnswer answer;
      answer.program = to_string(program);
      answer.target = targets.front()->name;
      answer.problem = paths.error();
      explanation.answers.push_back(std::move(answer));
    }
  }
  return explanation;
}

}  // namespace rigjit
