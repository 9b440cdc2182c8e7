// Ends while another thread works: exit_child WORK MILLISECONDS. What the thread cannot do although
// nothing is wrong with it, it prints.
#include <rigjit/clip.h>
#include <rigjit/load.h>
#include <rigjit/stream.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

using Work = void (*)();

std::string spec(int controllers) {
  std::string text = "rigjit: 1\ncontrollers:\n";
  for (int i = 0; i < controllers; ++i) {
    text += "- {name: c" + std::to_string(i) +
            ", transformations: [translation: {}, rotation3d: {}, scale: {}]}\n";
  }
  return text;
}

void expect(bool good, const rigjit::Errors& errors) {
  if (good || errors.front().code == "process-ends") return;
  std::fputs(rigjit::to_string(errors).substr(0, 500).c_str(), stderr);
}

template <typename T>
bool expect(const rigjit::Result<T>& result) {
  if (!result) expect(false, result.errors());
  return result.ok();
}

rigjit::LoadOptions uncached() {
  rigjit::LoadOptions options;
  options.cache = false;
  return options;
}

void load() {
  const std::string text = spec(300);
  for (;;) expect(rigjit::loads(text, uncached()));
}

void check() {
  const std::string text = spec(300);
  for (;;) {
    const rigjit::Errors errors = rigjit::check(rigjit::SpecSource::text(text));
    expect(errors.empty(), errors);
  }
}

// Streams, batches over threads and the way back, each compiled at its first call.
void use() {
  const std::string text = spec(10);
  for (;;) {
    const rigjit::Result<rigjit::Rig> rig = rigjit::loads(text, uncached());
    if (!expect(rig)) continue;
    const std::vector<float> vec = rig->rest_vec();
    rigjit::Result<rigjit::Stream> stream = rig->stream();
    if (!expect(stream)) continue;
    std::vector<uint8_t> message(rig->msgpack_size());
    (void)stream->push(vec.data(), message.data());
    const std::vector<float> vecs(vec.size() * 20'000, 1);
    std::vector<float> values(rig->channel_count() * 20'000);
    (void)rig->vec_to_values_batch(vecs.data(), 20'000, values.data(), nullptr, 0);
    std::vector<float> back(rig->vec_size());
    (void)rig->rig_to_vec(message.data(), message.size(), back.data());
    std::vector<char> json(rig->json_capacity());
    const rigjit::Result<std::size_t> size = rig->vec_to_json(vec.data(), json.data());
    if (size) (void)rig->rig_to_vec(json.data(), *size, back.data());
    (void)rig->ir();
  }
}

}  // namespace

int main(int, char** arguments) {
  const std::map<std::string, Work> works{{"load", load}, {"check", check}, {"use", use}};
  std::thread(works.at(arguments[1])).detach();
  std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(arguments[2])));
  return 0;
}
