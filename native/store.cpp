#include "native/store.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "native/input.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

namespace fs = std::filesystem;

/// What is in a folder, but for hidden files, sorted.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->path().filename().string().starts_with(".")) paths.push_back(at->path());
  }
  if (error) throw Error(ErrorCode::bad_file, "cannot read the folder " + folder.string() + ": " + error.message());
  std::ranges::sort(paths);
  return paths;
}

bench::StoredBaseline read(const fs::path& path) {
  std::error_code error;
  // Before it is opened: a pipe would wait for its writer.
  if (!fs::is_regular_file(path, error)) throw Error(ErrorCode::bad_file, path.string() + " is no file");
  bench::StoredBaseline stored{path.parent_path().filename().string(), path.stem().string(),
                               bench::parse_baseline(read_text(path), path)};
  // These names go into tables and links.
  bench::require_store_name(stored.machine_class, path.string() + ": the machine class");
  bench::require_store_name(stored.name, path.string() + ": the baseline's name");
  bench::require_storable(stored.baseline, path);
  return stored;
}

std::vector<fs::path> matching(const std::string& folder, const StoreFilter& filter) {
  std::vector<fs::path> paths;
  for (const fs::path& machine_class : entries_of(folder)) {
    std::error_code error;
    if (!fs::is_directory(machine_class, error)) continue;
    if (filter.machine_class && machine_class.filename() != *filter.machine_class) continue;
    for (const fs::path& path : entries_of(machine_class)) {
      if (path.extension() != ".json" || (filter.name && path.stem() != *filter.name)) continue;
      paths.push_back(path);
    }
  }
  return paths;
}

}  // namespace

std::size_t visit_store(const std::string& folder, const StoreFilter& filter,
                        const std::function<void(bench::StoredBaseline)>& visit) {
  std::size_t unreadable = 0;
  Progress progress("reading");
  const std::vector<fs::path> paths = matching(folder, filter);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    progress.show(paths[i].string(), static_cast<double>(i) / static_cast<double>(paths.size()), std::nullopt);
    try {
      bench::StoredBaseline stored = read(paths[i]);
      for (bench::Benchmark& benchmark : stored.baseline.benchmarks) benchmark.launches.clear();
      visit(std::move(stored));
    } catch (const Error& error) {
      progress.clear();
      complain(error.what(), 0);
      ++unreadable;
    }
  }
  return unreadable;
}

std::string wrong_store_name(const std::string& name) {
  try {
    bench::require_store_name(name, "the baseline's name");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bench::Baseline find_in_store(const std::string& folder, const std::string& name, const bench::Baseline& like) {
  std::vector<bench::StoredBaseline> named;
  for (const fs::path& path : matching(folder, {.name = name})) named.push_back(read(path));
  return bench::find_stored(named, name, like).baseline;
}

}  // namespace trilane::cli
