// What a container's control groups say about the processors.
#include "base/cpu_quota.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace rigjit {
namespace {

namespace fs = std::filesystem;

class CpuQuota : public testing::Test {
 protected:
  CpuQuota() {
    std::string name = (fs::temp_directory_path() / "rigjit-groups-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) mounts_ = name;
  }
  ~CpuQuota() override { fs::remove_all(mounts_); }

  void write(const std::string& file, const std::string& text) const {
    fs::create_directories((mounts_ / file).parent_path());
    std::ofstream(mounts_ / file) << text;
  }
  [[nodiscard]] std::optional<double> quota(std::string_view groups) const {
    return cpu_quota(groups, mounts_.string());
  }

  fs::path mounts_;
};

TEST_F(CpuQuota, OfVersion2IsTheLeastOnTheWayUp) {
  EXPECT_EQ(quota("0::/\n"), std::nullopt);
  write("cpu.max", "max 100000\n");
  EXPECT_EQ(quota("0::/\n"), std::nullopt);
  write("cpu.max", "400000 100000\n");
  EXPECT_EQ(quota("0::/\n"), 4);
  write("pods/one/cpu.max", "150000 100000\n");
  write("pods/cpu.max", "max 100000\n");
  EXPECT_EQ(quota("0::/pods/one/inner\n"), 1.5);
  EXPECT_EQ(quota("0::/pods\n"), 4);
  // The path of the host, which the container does not see.
  EXPECT_EQ(quota("0::/system.slice/docker-1234.scope"), 4);
}

TEST_F(CpuQuota, OfVersion1HasTwoFiles) {
  const std::string groups = "12:pids:/a\n4:cpu,cpuacct:/docker/1234\n1:name=systemd:/a\n0::/a\n";
  EXPECT_EQ(quota(groups), std::nullopt);
  write("cpu,cpuacct/docker/1234/cpu.cfs_quota_us", "-1\n");
  write("cpu,cpuacct/docker/1234/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(groups), std::nullopt);
  write("cpu,cpuacct/docker/1234/cpu.cfs_quota_us", "50000\n");
  EXPECT_EQ(quota(groups), 0.5);
  write("cpu/cpu.cfs_quota_us", "20000\n");
  write("cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(groups), 0.2);
}

TEST_F(CpuQuota, NonsenseIsNone) {
  write("cpu.max", "lots 100000\n");
  EXPECT_EQ(quota("0::/"), std::nullopt);
  write("cpu.max", "100000 0\n");
  for (const char* groups : {"0::/", "", "\n\n", "0:", "::", "0::", "cpu"}) {
    EXPECT_EQ(quota(groups), std::nullopt) << groups;
  }
}

TEST_F(CpuQuota, CoresAreAtLeastOneAndAtMostThoseOfTheMachine) {
  EXPECT_GE(usable_cores(), 1u);
  EXPECT_LE(usable_cores(), std::thread::hardware_concurrency());
}

}  // namespace
}  // namespace rigjit
