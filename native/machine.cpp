#include "native/machine.hpp"

#include <sys/utsname.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "trilane/arch.hpp"

namespace trilane::cli {

namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

/// The first processor's "key : value" lines of /proc/cpuinfo.
std::map<std::string, std::string> cpu_info() {
  std::map<std::string, std::string> facts;
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line) && !line.empty();) {
    const std::size_t colon = line.find(':');
    const std::size_t key_end = line.find_last_not_of(" \t", colon == 0 ? 0 : colon - 1);
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    if (colon == std::string::npos || value == std::string::npos) continue;
    facts.emplace(line.substr(0, key_end + 1), line.substr(value));
  }
  return facts;
}

/// The processor's name. Virtual machines give two generations one name ("AMD EPYC"), so x86 adds family and model; ARM has
/// only numbers. As cpuModel() in web/runner/machine.ts.
std::optional<std::string> cpu_model() {
  const std::map<std::string, std::string> facts = cpu_info();
  const auto fact = [&](const char* key) { return facts.contains(key) ? facts.at(key) : std::string(); };
  if (!fact("CPU part").empty()) return "ARM implementer " + fact("CPU implementer") + " part " + fact("CPU part");
  const std::string name = fact("model name");
  if (name.empty()) return std::nullopt;
  if (fact("cpu family").empty()) return name;
  return name + " (family " + fact("cpu family") + " model " + fact("model") + ")";
}

/// "2048K" in bytes; 0 if it is something else.
std::uint64_t bytes_of(const std::string& text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    } else {
      return c == 'K' ? value << 10U : c == 'M' ? value << 20U : c == 'G' ? value << 30U : 0;
    }
  }
  return value;
}

std::vector<bench::Cache> caches() {
  std::vector<bench::Cache> found;
  const std::filesystem::path base = "/sys/devices/system/cpu/cpu0/cache";
  for (int i = 0;; ++i) {
    const std::filesystem::path folder = base / ("index" + std::to_string(i));
    const std::string level = first_line(folder / "level");
    if (level.size() != 1) return found;
    std::string type = first_line(folder / "type");
    for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    found.push_back({level[0] - '0', type, bytes_of(first_line(folder / "size"))});
  }
}

}  // namespace

bench::Environment probe_machine() {
  bench::Environment environment;
  environment.platform = "native";
  utsname system{};
  if (uname(&system) == 0) {
    // The release without what distributions append: "6.1.0-21-amd64" is 6.1.0.
    std::string release = system.release;
    release.resize(std::min(release.find_first_not_of("0123456789."), release.size()));
    environment.os = std::string(system.sysname) + " " + release;
  }
  environment.cpu.model = cpu_model();
  environment.cpu.logical_cores = std::max(1U, std::thread::hardware_concurrency());
  environment.cpu.caches = caches();
  for (const Arch& arch : archs()) {
    if (arch.runnable() && arch.name() != "scalar") environment.cpu.features.emplace_back(arch.name());
  }
  return environment;
}

}  // namespace trilane::cli
