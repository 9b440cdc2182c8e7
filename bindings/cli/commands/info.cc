#include <algorithm>
#include <iterator>

#include "commands/commands.h"
#include "commands/host.h"
#include "io/output.h"
#include "rigjit/about.h"
#include "rigjit/cache.h"
#include "text/cache_text.h"
#include "text/json.h"

namespace rigjit::cli {
namespace {

std::string default_target(const About& about) {
  for (const About::Target& target : about.targets) {
    if (target.is_default) return target.name;
  }
  return "none";
}

std::vector<Fact> facts_given(const std::vector<std::string>& texts) {
  std::vector<Fact> facts;
  for (const std::string& text : texts) {
    const std::size_t equals = std::min(text.find('='), text.size());
    facts.push_back({text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))});
  }
  return facts;
}

// In two columns; "cpu_features" continues "cpu".
std::string plain_lines(const std::vector<Fact>& facts) {
  constexpr std::size_t kColumn = 9;
  std::string text;
  std::string last;
  for (const auto& [name, value] : facts) {
    std::string label = name;
    if (!last.empty() && name.starts_with(last + "_")) label.clear();
    if (!label.empty()) last = label;
    label.resize(std::max(kColumn, label.size() + 1), ' ');
    text += label + value + "\n";
  }
  return text;
}

std::string plain_environment(const std::vector<Fact>& variables) {
  std::string text;
  for (const auto& [name, value] : variables) {
    text += text.empty() ? "environ  " : "         ";
    text += name + '=' + value + '\n';
  }
  return text;
}

void write_members(JsonPrinter& json, const std::vector<Fact>& facts) {
  for (const auto& [name, value] : facts) json.member(name, value);
}

std::string plain_text(const About& about, const std::vector<CacheListing>& cache,
                       const std::vector<Fact>& facts) {
  std::string text = "rigjit   " + about.version + ", build " + about.build + "\nLLVM     " +
                     about.llvm_version + "\n" + plain_lines(facts) + "target   " +
                     default_target(about) + "\ntargets ";
  for (const About::Target& target : about.targets) {
    text += " " + target.name + (target.runs_here ? "" : " (not on this machine)") +
            (&target == &about.targets.back() ? "" : ",");
  }
  text += "\n";
  for (const CacheListing& listing : cache) {
    text += "cache    " + (listing.directory.empty() ? "none" : listing.directory) + "\n         " +
            state_of(listing) + "\n";
  }
  return text + plain_environment(environment_facts());
}

std::string json_text(const About& about, const std::vector<CacheListing>& cache,
                      const std::vector<Fact>& facts) {
  JsonPrinter json;
  json.object().member("version", about.version).member("build", about.build);
  write_members(json, facts);
  json.key("environment").object();
  write_members(json, environment_facts());
  json.end()
      .member("llvm_version", about.llvm_version)
      .member("target", default_target(about))
      .key("targets")
      .array();
  for (const About::Target& target : about.targets) {
    json.object().member("name", target.name).member("runs_here", target.runs_here).end();
  }
  json.end().member_or_null("cache_dir", cache.back().directory).key("cache").array();
  for (const CacheListing& listing : cache) write_state(json, listing);
  return json.end().end().take();
}

}  // namespace

int info(const InfoOptions& options) {
  const About build = about();
  const std::vector<CacheListing> cache = list_cache(options.cache_dir);
  std::vector<Fact> facts = facts_given(options.facts);
  std::ranges::move(host_facts(), std::back_inserter(facts));
  return options.json ? print(json_text(build, cache, facts))
                      : print_lines(plain_text(build, cache, facts));
}

}  // namespace rigjit::cli
