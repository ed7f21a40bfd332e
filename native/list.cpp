#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench/suite.hpp"
#include "native/commands.hpp"
#include "native/table.hpp"
#include "trilane/arch.hpp"

namespace trilane::cli {

namespace {

/// The suite's case names, each once.
std::vector<std::string> case_names() {
  std::vector<std::string> names;
  bench::SuiteOptions options;
  options.archs = {"scalar"};
  for (const bench::Case& one : bench::make_suite(options)) names.push_back(one.name);
  return names;
}

/// Of whole blocks, scales not counted.
double bits_per_weight(Format format) {
  return 8.0 * static_cast<double>(block_bytes(format)) / static_cast<double>(block_elements(format));
}

void print_json() {
  nlohmann::ordered_json formats = nlohmann::json::array();
  for (const Format format : all_formats) {
    formats.push_back({{"name", name(format)},
                       {"block_elements", block_elements(format)},
                       {"block_bytes", block_bytes(format)},
                       {"bits_per_weight", bits_per_weight(format)}});
  }
  nlohmann::ordered_json known = nlohmann::json::array();
  for (const Arch& arch : archs()) known.push_back({{"name", arch.name()}, {"runnable", arch.runnable()}});
  const nlohmann::ordered_json root = {{"formats", formats}, {"archs", known}, {"cases", case_names()}};
  std::cout << root.dump(1) << "\n";
}

void print_text() {
  Table formats({{"format"},
                 {"weights a block", Align::right},
                 {"bytes a block", Align::right},
                 {"bits a weight", Align::right}});
  for (const Format format : all_formats) {
    formats.add({std::string(name(format)), std::to_string(block_elements(format)), std::to_string(block_bytes(format)),
                 fixed(bits_per_weight(format), 3)});
  }
  formats.print(std::cout);
  Table known({{"arch"}, {"runnable here"}});
  for (const Arch& arch : archs()) known.add({std::string(arch.name()), arch.runnable() ? "yes" : "no"});
  std::cout << "\n";
  known.print(std::cout);
  std::cout << "\nsuite cases, each on every runnable arch:\n";
  for (const std::string& one : case_names()) std::cout << "  " << one << "\n";
}

}  // namespace

void add_list(CLI::App& app, int& /*status*/) {
  CLI::App* command = app.add_subcommand("list", "Show the formats, the archs and the cases of the suite");
  command->footer("Examples:\n  trilane list\n  trilane list --json");
  const auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "Machine-readable output");
  command->callback([json] { *json ? print_json() : print_text(); });
}

}  // namespace trilane::cli
