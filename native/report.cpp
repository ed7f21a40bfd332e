#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "bench/baseline.hpp"
#include "bench/summary.hpp"
#include "native/commands.hpp"
#include "native/effect_options.hpp"
#include "native/input.hpp"
#include "native/output.hpp"
#include "native/report_page.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

constexpr int another_schema = 3;
constexpr int unreadable = 4;

struct Options {
  std::vector<std::string> inputs;
  std::string output = "-";
  std::string format = "html";
  std::string title;
  std::string page_template;
  EffectOptions effects;
};

/// The file's name without folder and extension.
std::string stem(const std::string& path) {
  return path == "-" ? "stdin" : std::filesystem::path(path).stem().string();
}

/// Each file's stem; with its folder where two have the same; with a number where that does not help.
std::vector<std::string> names_of(const std::vector<std::string>& paths) {
  const auto with_folder = [](const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    return folder.empty() ? stem(path) : folder.filename().string() + "/" + stem(path);
  };
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    const auto same = [&](const std::string& other) { return stem(other) == stem(path); };
    const std::string name = std::count_if(paths.begin(), paths.end(), same) > 1 ? with_folder(path) : stem(path);
    std::string unique = name;
    for (int n = 2; std::find(names.begin(), names.end(), unique) != names.end(); ++n) {
      unique = name + " (" + std::to_string(n) + ")";
    }
    names.push_back(std::move(unique));
  }
  return names;
}

int status_of(const Error& error) { return error.code() == ErrorCode::invalid_argument ? another_schema : unreadable; }

/// All of them. Of several errors one with the highest exit status is thrown, the first of those.
std::vector<NamedBaseline> read_all(const std::vector<std::string>& paths) {
  std::vector<NamedBaseline> baselines;
  std::optional<Error> worst;
  const std::vector<std::string> names = names_of(paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    try {
      baselines.push_back({names[i], bench::parse_baseline(read_text(paths[i]), paths[i])});
    } catch (const Error& error) {
      if (!worst || status_of(error) > status_of(*worst)) worst = error;
    }
  }
  if (worst) throw Error(*worst);
  return baselines;
}

std::string markdown_of(const Options& options) {
  std::string text = options.title.empty() ? "" : "# " + bench::markdown_text(options.title) + "\n\n";
  for (const auto& [name, baseline] : read_all(options.inputs)) {
    text += (text.empty() || text.ends_with("\n\n") ? "" : "\n") + bench::summary_markdown(baseline, name);
  }
  return text;
}

std::string text_of(const Options& options) {
  if (options.format == "markdown") return markdown_of(options);
  std::string source;
  const std::string page = read_template(options.page_template, source);
  return fill_template(
      page, report_data(options.title, read_all(options.inputs), compare_options(options.effects).effects), source);
}

int run(const Options& options) {
  std::string text;
  try {
    text = text_of(options);
  } catch (const Error& error) {
    return complain(error.what(), status_of(error));
  }
  Output output(options.output);
  output.write(text);
  output.commit();
  return 0;
}

}  // namespace

void add_report(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("report", "Make one page of baselines: plots, tables, what changed");
  const auto options = std::make_shared<Options>();
  command->add_option("FILES", options->inputs, "Baselines' JSON, - for stdin")->required()->type_name("FILE.json...");
  command->add_option("-o,--output", options->output, "File to write, - for stdout, the default")->type_name("FILE");
  command->add_option("--format", options->format, "html, or markdown: a summary of each file")
      ->check(CLI::IsMember({"html", "markdown"}));
  command->add_option("--title", options->title, "The page's title");
  command->add_option("--template", options->page_template, "The page's template, where it is not found by itself")
      ->type_name("FILE.html");
  add_effect_options(*command, options->effects);
  command->footer(
      "The page is one HTML file that needs no network and no other file. Each file after the first is compared with "
      "the\n"
      "earliest that has its fingerprint, with verdicts; else across, with the first.\n\n"
      "Its template is made by npm --prefix web run build:report, and installed where it was made.\n\n"
      "Exit status: 0 done, whatever the verdicts · 1 the output cannot be written · 3 a baseline of another schema\n"
      "version · 4 wrong usage, a file that cannot be read, or no template\n\n"
      "Examples:\n"
      "  trilane report native.json chromium.json firefox.json -o report.html\n"
      "  trilane report before.json after.json --title 'Wider tiles' -o report.html\n"
      "  trilane report native.json --format markdown > summary.md\n"
      "  trilane bench --quick --json - | trilane report - > report.html");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace trilane::cli
