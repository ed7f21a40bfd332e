// How many threads "all" are: what affinity and control groups leave.

#include "bench/processors.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include <stdlib.h>  // mkdtemp

#ifdef __linux__
#include <sched.h>
#endif

using namespace trilane::bench;

namespace {

/// A folder of files that look like control groups.
class Groups {
 public:
  Groups() {
    std::string name = (std::filesystem::temp_directory_path() / "trilane-groups-XXXXXX").string();
    BOOST_TEST_REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;
  ~Groups() { std::filesystem::remove_all(folder_); }

  void write(const std::filesystem::path& name, const std::string& content) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << content;
  }
  [[nodiscard]] unsigned quota_of(const std::string& process) const {
    write("process", process);
    return processor_quota(folder_ / "process", folder_).value_or(0);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_processors)

BOOST_AUTO_TEST_CASE(the_smallest_quota_on_the_way_up_counts) {
  const Groups groups;
  groups.write("a/cpu.max", "150000 100000\n");
  groups.write("a/b/cpu.max", "max 100000\n");
  groups.write("a/c/cpu.max", "50000 100000\n");
  BOOST_TEST(groups.quota_of("0::/\n") == 0U);
  BOOST_TEST(groups.quota_of("0::/a/b\n") == 2U);
  BOOST_TEST(groups.quota_of("0::/a/c\n") == 1U);
  BOOST_TEST(groups.quota_of("") == 0U);
  BOOST_TEST(groups.quota_of("nonsense\n0:\n") == 0U);
}

BOOST_AUTO_TEST_CASE(version_1_as_a_container_sees_it) {
  const Groups groups;
  groups.write("cpu/cpu.cfs_quota_us", "300000\n");
  groups.write("cpu/cpu.cfs_period_us", "100000\n");
  BOOST_TEST(groups.quota_of("2:cpuset:/\n1:cpu,cpuacct:/docker/abc\n") == 3U);
  groups.write("cpu/cpu.cfs_quota_us", "-1\n");
  BOOST_TEST(groups.quota_of("1:cpuacct,cpu:/\n0::/\n") == 0U);
}

#ifdef __linux__
BOOST_AUTO_TEST_CASE(a_thread_that_keeps_to_one_core_has_one) {
  cpu_set_t all;
  if (sched_getaffinity(0, sizeof all, &all) != 0) return;
  int first = 0;
  while (!CPU_ISSET(first, &all)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  BOOST_TEST_REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  const unsigned usable = usable_processors();
  BOOST_TEST_REQUIRE(sched_setaffinity(0, sizeof all, &all) == 0);
  BOOST_TEST(usable == 1U);
  BOOST_TEST(usable_processors() <= static_cast<unsigned>(CPU_COUNT(&all)));
}
#endif

BOOST_AUTO_TEST_SUITE_END()
