#include "bench/baseline.hpp"

#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "native/commands.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/store.hpp"
#include "native/table.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int out_of_date = 1;
constexpr int unreadable = 4;

struct Options {
  std::string store = default_store;
  std::string name;
  std::string file;
  std::string machine_class;
  bool force = false;
  std::string format = "table";
  bool check = false;
};

/// A folder that was not there before; without keep() it goes again, if it is empty.
class NewFolder {
 public:
  explicit NewFolder(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    made_ = fs::create_directories(path_, error);
    if (error) throw Error(ErrorCode::io, "cannot create the folder " + path_.string() + ": " + error.message());
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (made_) fs::remove(path_, ignored);
  }
  void keep() { made_ = false; }

 private:
  fs::path path_;
  bool made_ = false;
};

std::string summary_path(const std::string& store, const std::string& machine_class) {
  return (fs::path(store) / machine_class / "SUMMARY.md").string();
}

int save(const Options& options) {
  bench::require_store_name(options.name, "the baseline's name");
  if (!options.machine_class.empty()) bench::require_store_name(options.machine_class, "the machine class");
  if (options.file.empty()) {
    throw Error(ErrorCode::invalid_argument, "no file to save: name a baseline JSON, or - for standard input");
  }
  const std::string text = read_text(options.file);
  bench::StoredBaseline stored{options.machine_class, options.name, bench::parse_baseline(text, options.file)};
  bench::require_storable(stored.baseline, options.file);
  if (stored.machine_class.empty()) stored.machine_class = bench::machine_class_of(stored.baseline.environment);

  const fs::path folder = fs::path(options.store) / stored.machine_class;
  const std::string path = (folder / (options.name + ".json")).string();
  if (fs::exists(fs::symlink_status(path)) && !options.force) {
    throw Error(ErrorCode::invalid_argument, path + " exists; --force replaces it");
  }
  std::vector<bench::StoredBaseline> all;
  if (fs::exists(folder)) {
    const auto add_other = [&](bench::StoredBaseline other) {
      if (other.name != options.name) all.push_back(std::move(other));
    };
    if (visit_store(options.store, {.machine_class = stored.machine_class}, add_other) > 0) return unreadable;
  }
  const std::string machine_class = stored.machine_class;
  all.push_back(std::move(stored));

  NewFolder made(folder);
  // Both are written before either gets its name: a full disk leaves both as they were.
  Output summary(summary_path(options.store, machine_class));
  summary.write(bench::class_summary(machine_class, all));
  Output json(path);
  json.write(text);
  json.commit();
  made.keep();
  summary.commit();
  std::cerr << "saved " << printable(path) << "\n";
  return 0;
}

Json json_of(const bench::StoredBaseline& stored, const std::string& store) {
  const bench::Baseline& baseline = stored.baseline;
  const bench::Environment& where = baseline.environment;
  return {{"name", stored.name},
          {"class", stored.machine_class},
          {"path", (fs::path(store) / stored.machine_class / (stored.name + ".json")).string()},
          {"platform", where.platform},
          {"engine", where.engine ? Json(where.engine->name + " " + where.engine->version) : Json()},
          {"created", baseline.created},
          {"commit", baseline.build.commit},
          {"dirty", baseline.build.dirty},
          {"launches", baseline.suite.launches},
          {"benchmarks", baseline.benchmarks.size()},
          {"fingerprint", where.fingerprint ? Json(*where.fingerprint) : Json()}};
}

int list(const Options& options) {
  Json all = Json::array();
  const auto add = [&](const bench::StoredBaseline& stored) { all.push_back(json_of(stored, options.store)); };
  if (visit_store(options.store, {}, add) > 0) return unreadable;
  if (options.format == "json") {
    std::cout << all.dump(1) << "\n";
    return 0;
  }
  Table table({{"class"},
               {"name"},
               {"platform"},
               {"engine"},
               {"created"},
               {"commit"},
               {"launches", Align::right},
               {"results", Align::right}});
  const auto text = [](const Json& value) { return value.is_null() ? std::string() : value.get<std::string>(); };
  for (const Json& one : all) {
    table.add({text(one["class"]), text(one["name"]), text(one["platform"]), text(one["engine"]), text(one["created"]),
               text(one["commit"]) + (one["dirty"].get<bool>() ? " with changes" : ""), one["launches"].dump(),
               one["benchmarks"].dump()});
  }
  table.print(std::cout);
  return 0;
}

int summary(const Options& options) {
  std::map<std::string, std::vector<bench::StoredBaseline>> classes;
  const auto add = [&](bench::StoredBaseline stored) {
    std::vector<bench::StoredBaseline>& one = classes[stored.machine_class];
    one.push_back(std::move(stored));
  };
  if (visit_store(options.store, {}, add) > 0) return unreadable;
  int status = 0;
  for (const auto& [machine_class, baselines] : classes) {
    const std::string path = summary_path(options.store, machine_class);
    const std::string text = bench::class_summary(machine_class, baselines);
    if (fs::exists(path) && read_text(path) == text) continue;
    if (options.check) {
      status = complain(path + " is not what its JSON files say; trilane baseline summary makes it anew", out_of_date);
      continue;
    }
    Output output(path);
    output.write(text);
    output.commit();
    std::cerr << "wrote " << printable(path) << "\n";
  }
  return status;
}

std::shared_ptr<Options> with_store(CLI::App& command) {
  auto options = std::make_shared<Options>();
  command.add_option("--store", options->store, "The store's folder (default baselines)")->type_name("DIR");
  return options;
}

void add_save(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("save", "Check a baseline and store it under a name");
  const auto options = with_store(*command);
  command->add_option("NAME", options->name, "Its name: letters, digits, '.', '_' and '-'")->required()->type_name("");
  command->add_option("FILE", options->file, "Baseline JSON, - for stdin")->type_name("FILE.json");
  command
      ->add_option("--class", options->machine_class,
                   "The machine class; else from the CPU's model and cores, such as amd-epyc-2-cores")
      ->type_name("NAME");
  command->add_flag("--force", options->force, "Replace a baseline of that name");
  command->footer(
      "It becomes DIR/CLASS/NAME.json, byte by byte, and DIR/CLASS/SUMMARY.md is made anew. Neither is ever half "
      "written.\n\n"
      "Exit status: 0 done · 1 it cannot be written · 4 wrong usage, a name that is taken, or a file (of the store, "
      "too)\n"
      "that cannot be read; then nothing is written\n\n"
      "Examples:\n"
      "  trilane baseline save main-2026-11-24-abc123-native out/native.json\n"
      "  trilane bench --launches 10 --json - | trilane baseline save before -");
  command->callback([options, &status] { status = save(*options); });
}

void add_list_of_store(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("list", "The baselines of the store");
  const auto options = with_store(*command);
  command->add_option("--format", options->format, "table or json")->check(CLI::IsMember({"table", "json"}));
  command->footer(
      "Exit status: 0 done · 4 wrong usage, or a file of the store that cannot be read\n\n"
      "Examples:\n"
      "  trilane baseline list\n"
      "  trilane baseline list --format json | jq -r '.[].path'");
  command->callback([options, &status] { status = list(*options); });
}

void add_summary(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("summary", "Make every SUMMARY.md of the store anew from its JSON files");
  const auto options = with_store(*command);
  command->add_flag("--check", options->check, "Write nothing; fail if one is not up to date");
  command->footer(
      "Exit status: 0 done, or all up to date · 1 one cannot be written; with --check one is not up to date · 4 wrong "
      "usage,\n"
      "or a file of the store that cannot be read\n\n"
      "Examples:\n"
      "  trilane baseline summary\n"
      "  trilane baseline summary --check");
  command->callback([options, &status] { status = summary(*options); });
}

}  // namespace

void add_baseline(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("baseline", "The store of baselines: save, list, summary");
  command->require_subcommand(1);
  command->footer(
      "Exit status: 0 done · 1 it cannot be written, or is not up to date (summary --check) · 4 wrong usage or a file "
      "that\n"
      "cannot be read. Each has --help.\n\n"
      "Examples:\n"
      "  trilane baseline save before out/native.json\n"
      "  trilane baseline list\n"
      "  trilane compare --baseline before out/native.json");
  add_save(*command, status);
  add_list_of_store(*command, status);
  add_summary(*command, status);
}

}  // namespace trilane::cli
