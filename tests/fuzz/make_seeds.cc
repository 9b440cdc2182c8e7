// Writes what the fuzzers of binary forms begin with: one folder a target, below the directory
// named. Made anew by every build, so that seeds never lag behind a format.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cache/code_header.h"
#include "cache/spec_record.h"
#include "code_file_seed.h"
#include "fuzz_target.h"
#include "rig/rig_core.h"
#include "rigjit/clip.h"
#include "rigjit/vector_file.h"
#include "sample_rig.h"

namespace rigjit::fuzz {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

class Seeds {
 public:
  explicit Seeds(fs::path directory) : directory_(std::move(directory)) {
    fs::create_directories(directory_);
  }
  // `choice`: the first byte of the input.
  void add(const std::string& name, uint8_t choice, Bytes bytes) const {
    std::ofstream file(directory_ / name, std::ios::binary);
    file.put(static_cast<char>(choice));
    file.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    require(file.good(), "a seed can be written");
  }
  void add(const std::string& name, uint8_t choice, std::string_view text) const {
    add(name, choice, Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ / name; }

 private:
  fs::path directory_;
};

std::vector<uint8_t> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void add_code_files(const Seeds& seeds) {
  // Illegal instructions: should anything run them, it will be seen.
  const CodeImage image{std::vector<uint8_t>(192, 0x06), 64, 128, 64};
  const auto add = [&](const std::string& name, const CodeKey& key) {
    const std::vector<uint8_t> file = encode_code_file(key, image);
    std::vector<uint8_t> parts(file.begin(), file.begin() + sizeof(CodeHeader));
    parts.insert(parts.end(), file.begin() + kImageOffset, file.end());
    seeds.add(name + "_parts", 1, parts);
    seeds.add(name + "_sound", 2, parts);
    if (name == "wanted") seeds.add(name + "_file", 0, file);
  };
  CodeKey key = code_file_key();
  add("wanted", key);
  key.program = Program::kValuesContinuous;
  key.name_space = {1, 2};
  add("other", key);
}

void add_records(const Seeds& seeds) {
  const RecordKey key = record_key({"rigjit: 1"}, "options");
  constexpr std::size_t kHeaderSize = 64;
  const auto add = [&](const std::string& name, const SpecRecord& record) {
    const std::vector<uint8_t> file = encode_record_file(key, record);
    seeds.add(name + "_file", 0, file);
    seeds.add(name + "_payload", 1, Bytes(file).subspan(kHeaderSize));
  };
  add("base", BaseLink{"bases/biped.yaml"});
  const Result<std::shared_ptr<const Plan>> plan = sample_rig().shared_plan();
  Result<RigDescription> description =
      describe(**plan, sample_rig().name(), sample_rig().metadata());
  require(description.ok(), "the sample rig can be described");
  add("sample", std::move(description).value());
}

void add_poses(const Seeds& msgpack, const Seeds& json) {
  const Rig& rig = sample_rig();
  std::vector<uint8_t> message(rig.msgpack_size());
  std::vector<char> text(rig.json_capacity());
  require(rig.vec_to_rig(rig.rest_vec().data(), message.data()).ok(), "the rest pose is one");
  const Result<std::size_t> size = rig.vec_to_json(rig.rest_vec().data(), text.data());
  const std::string_view pose(text.data(), *size);
  msgpack.add("own", 0, message);
  // {"root": {"translateX": 1.5 as float64, "x": nil, 7: 8}, "other": [{}, bin, ext]}
  msgpack.add("foreign", 5,
              "\x82\xa4root\x83\xaatranslateX\xcb\x3f\xf8\0\0\0\0\0\0\xa1x\xc0\x07\x08"
              "\xa5other\x93\x80\xc4\x01z\xd4\x01z"sv);
  // Numbers of every width, map32, map16, str32, str8.
  msgpack.add("wide", 1,
              "\xdf\0\0\0\x01\xdb\0\0\0\x04head\xde\0\x04\xd9\x0bquaternionW\x01"
              "\xabquaternionX\xd0\xff\xabquaternionY\xcd\x01\0"
              "\xabquaternionZ\xd3\xff\xff\xff\xff\xff\xff\xff\xfe"sv);
  json.add("own", 0, pose);
  json.add(
      "foreign", 5,
      R"( { "root" : {"translateX":1.5e0, "x":null,"translateX":-0} , "more":[{"a":"\ud83e\uddb4"}]} )");
  json.add("python", 1,
           R"({"head": {"quaternionW": NaN, "quaternionX": -Infinity, "rotateX": 1e400}})");
}

void add_splitter(const Seeds& seeds) {
  // A map and a map; an array of two.
  seeds.add("messages", 0,
            "\x81\xa1"
            "c\x81\xa1"
            "a\x01\x80"sv);
  seeds.add("array", 6,
            "\x92\x80\x81\xa1"
            "c\xc0"sv);
  seeds.add("lines", 3, "{\"c\": {\"a\": 1}}\n{\"}\\\"\": [{}]}\n"sv);
  seeds.add("list", 9, " [ {}, {\"c\": {\"a\": -1e5}} ] "sv);
}

void add_matrices(const Seeds& clips, const Seeds& vectors) {
  const Rig& rig = sample_rig();
  const std::string path = clips.path(".file");
  constexpr std::size_t kPrefix = 8;
  // Of a file, and of its parts without the blanks that align its data.
  const auto add = [&](const Seeds& seeds) {
    const std::vector<uint8_t> file = bytes_of(path);
    seeds.add("file", 0, file);
    std::string parts(file.begin() + kPrefix, file.end());
    std::size_t blanks = parts.find("  ");
    while (blanks != std::string::npos) {
      parts.erase(blanks, parts.find_first_not_of(' ', blanks) - blanks);
      blanks = parts.find("  ", blanks);
    }
    const std::size_t end = parts.find("]}}") + 3;
    seeds.add("parts", 1, parts.substr(0, end) + std::string(1, '\0') + parts.substr(end));
  };
  {
    Result<ClipWriter> writer = ClipWriter::create(path, rig, {FrameRate{24000, 1001}, 101});
    require(writer.ok() && writer->write(rig.rest_vec().data()).ok(), "a clip can be written");
  }
  add(clips);
  require(save_vectors(path, rig, rig.rest_vec().data(), 1).ok(), "vectors can be written");
  add(vectors);
  fs::remove(path);
}

void make_seeds(const fs::path& directory) {
  fs::remove_all(directory);
  add_code_files(Seeds(directory / "code_file"));
  add_records(Seeds(directory / "spec_record"));
  add_poses(Seeds(directory / "msgpack_pose"), Seeds(directory / "json_pose"));
  add_splitter(Seeds(directory / "pose_splitter"));
  add_matrices(Seeds(directory / "clip"), Seeds(directory / "vector_file"));
}

}  // namespace
}  // namespace rigjit::fuzz

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  rigjit::fuzz::make_seeds(argv[1]);
}
