#include "bench_rigs.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "rigjit/load.h"

namespace rigjit::bench {
namespace {

[[noreturn]] void give_up(const std::string& reason) {
  std::cerr << reason << '\n';
  std::exit(1);
}

}  // namespace

std::string rig_text(const std::string& name) {
  const std::string path = std::string(RIGJIT_BENCH_RIGS) + "/" + name + ".yaml";
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) give_up("cannot read " + path);
  return text.str();
}

Rig compiled_rig(const std::string& name) {
  LoadOptions options;
  options.cache = false;
  Result<Rig> rig = loads(rig_text(name), options, name);
  if (!rig.ok()) give_up(to_string(rig.errors()));
  return *std::move(rig);
}

std::vector<float> ordinary_vec(const Rig& rig) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> vec(rig.vec_size());
  for (float& element : vec) element = normal(random);
  return vec;
}

}  // namespace rigjit::bench
