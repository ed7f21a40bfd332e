#pragma once

#include <CLI/CLI.hpp>

// One function a subcommand. Its callback reports errors as trilane::Error and sets `status`, the exit status, where it is
// not 0.

namespace trilane::cli {

void add_list(CLI::App& app, int& status);
void add_baseline(CLI::App& app, int& status);
void add_bench(CLI::App& app, int& status);
void add_ab(CLI::App& app, int& status);
void add_aa(CLI::App& app, int& status);
void add_compare(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);
void add_history(CLI::App& app, int& status);
void add_quantize(CLI::App& app, int& status);
void add_dequantize(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);

}  // namespace trilane::cli
