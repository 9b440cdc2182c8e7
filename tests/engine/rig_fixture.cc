#include "engine/rig_fixture.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>

#include "cache/cache_tally.h"

namespace rigjit {

namespace fs = std::filesystem;

ScratchDir::ScratchDir() {
  std::string name = (fs::temp_directory_path() / "rigjit-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "cannot make " << name;
  path_ = name;
}

ScratchDir::~ScratchDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string ScratchDir::path(const std::string& name) const {
  return name.empty() ? path_.string() : (path_ / name).string();
}

ScopedVariable::ScopedVariable(const char* name, const char* value) : name_(name) {
  if (const char* before = std::getenv(name)) before_ = before;
  if (value == nullptr) {
    ::unsetenv(name);
  } else {
    ::setenv(name, value, 1);
  }
}

ScopedVariable::~ScopedVariable() {
  if (before_) {
    ::setenv(name_, before_->c_str(), 1);
  } else {
    ::unsetenv(name_);
  }
}

bool true_in_child(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

int true_in_children(int count, const std::function<bool(int)>& body) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body(i) ? 0 : 1);
    children.push_back(child);
  }
  int successes = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    successes += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return successes;
}

void drop_root() {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) return;
  if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(2);
}

std::vector<uint8_t> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::string& path, const std::vector<uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
  file.close();
  ASSERT_TRUE(file.good()) << path;
}

void set_last_use(const std::string& path, int64_t seconds_ago) {
  const timespec time{std::time(nullptr) - seconds_ago, 0};
  const timespec times[2] = {time, time};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), 0) << path;
}

std::vector<std::string> files_below(const std::string& path) {
  std::vector<std::string> files;
  if (!fs::is_directory(path)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_directory() && entry.path().filename() != kTallyName)
      files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

CodeImage image_that_returns(uint8_t result) {
  CodeImage image;
  image.bytes.assign(192, 0);
#if defined(__x86_64__)
  const std::vector<uint8_t> code = {0xb8, result, 0, 0, 0, 0xc3};  // mov eax, result; ret
#elif defined(__aarch64__)
  // mov w0, result; ret
  const uint32_t move = 0x52800000u | uint32_t{result} << 5;
  std::vector<uint8_t> code = {0, 0, 0, 0, 0xc0, 0x03, 0x5f, 0xd6};
  for (int i = 0; i < 4; ++i) code[i] = static_cast<uint8_t>(move >> (8 * i));
#endif
  std::copy(code.begin(), code.end(), image.bytes.begin() + 64);
  image.offsets = {64, 64, 64, 0, 0};
  return image;
}

CodeKey some_key() {
  CodeKey key;
  key.rig_hash = {0x0123456789abcdefu, 0xfedcba9876543210u};
  key.program = Program::kMessage;
  key.target = TargetId::kX86_64_v3;
  key.engine_build = {7, 8};
  key.llvm_version = "19.1.7";
  key.input_count = 8;
  key.output_size = 100;
  return key;
}

RigDescription some_description() {
  Result<RigDescription> description =
      describe(small_plan(), "small", {{"unit", "cm"}, {"up_axis", ""}});
  return std::move(description).value();
}

RecordKey some_record_key() { return record_key({"rigjit: 1"}, "options"); }

std::string temporary_name(int number) {
  return ".tmp-" + std::to_string(number) + "-0123456789abcdef0123456789abcdef";
}

Plan small_plan() {
  PlanBuilder builder;
  builder.begin_controller("a_CTRL");
  builder.translation(0, 2, 1);
  builder.translation(2, 2, 1);
  builder.begin_controller("b_CTRL");
  builder.rotation3d(RotateOrder::kXYZ, Rot6dLayout::kColumns, AngleUnit::kDegrees,
                     RotationOutput::kEuler);
  builder.constant("IK_FK", 1);
  return std::move(builder).build();
}

Result<std::shared_ptr<const RigCore>> small_core(std::shared_ptr<const Cache> cache,
                                                  int* derived) {
  RigCore::Parts parts;
  parts.description = some_description();
  parts.targets = {&host_target()};
  parts.cache = std::move(cache);
  parts.plan_source = [derived]() -> Result<Plan> {
    if (derived != nullptr) *derived += 1;
    return small_plan();
  };
  return RigCore::make(std::move(parts));
}

std::vector<uint8_t> message_of(const std::shared_ptr<const RigCore>& core) {
  const Rig rig(core, core->origin());
  std::vector<uint8_t> message(rig.msgpack_size());
  if (!rig.vec_to_rig(good_vec().data(), message.data())) message.clear();
  return message;
}

std::shared_ptr<const Cache> no_cache() {
  return std::make_shared<const NullCache>("the test wants none");
}

std::vector<float> good_vec() { return {0.5f, -1.0f, 1, 0, 0, 0, 1, 0}; }

}  // namespace rigjit
