#include <exception>
#include <iostream>

#include "native/commands.hpp"
#include "native/file_system.hpp"
#include "native/signals.hpp"
#include "native/terminal.hpp"
#include "trilane/error.hpp"
#include "trilane/version.hpp"

namespace trilane::cli {

namespace {

constexpr int failed = 1;
constexpr int wrong_usage = 4;

/// The system's refusal to write is a failure of the work; everything else is a wrong argument or a bad input.
int status_of(const Error& error) { return error.code() == ErrorCode::io ? failed : wrong_usage; }

int run(int argc, char** argv) {
  CLI::App app("Ternary-weight kernels: quantize, dequantize, measure, compare", "trilane");
  app.set_version_flag("--version", std::string("trilane ") + version);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.footer(
      "Exit status: 0 done · 1 the work failed, as on a full disk (compare: a case regressed) · 4 wrong usage, or an "
      "input\n"
      "that cannot be read or used. compare, export and report have more: see their --help.\n\n"
      "Examples:\n"
      "  trilane quantize model.safetensors -o ternary.safetensors --format tl2\n"
      "  trilane inspect ternary.safetensors\n"
      "  trilane bench --quick\n\n"
      "Outputs appear whole or not at all. A mount point, or a file that cannot be replaced, is overwritten in the "
      "end.\n"
      "What comes from or goes to a pipe or a device is kept in TMPDIR, by default /tmp.\n\n"
      "TRILANE_ARCH=NAME forces an arch where none is asked for; `trilane list` shows them.");
  int status = 0;
  add_quantize(app, status);
  add_dequantize(app, status);
  add_inspect(app, status);
  add_list(app, status);
  add_bench(app, status);
  add_compare(app, status);
  add_ab(app, status);
  add_aa(app, status);
  add_export(app, status);
  add_baseline(app, status);
  add_history(app, status);
  add_report(app, status);
  if (argc == 1) {
    std::cerr << app.help();
    return wrong_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return complain(std::string(error.what()) + " (see --help)", wrong_usage);
  }
  std::cout.flush();
  if (std::cout || status != 0) return status;  // what is not 0 has been explained
  return complain("cannot write to standard output", failed);
}

}  // namespace

}  // namespace trilane::cli

int main(int argc, char** argv) {
  using namespace trilane::cli;
  handle_signals();
  occupy_standard_descriptors();
  try {
    return run(argc, argv);
  } catch (const trilane::Error& error) {
    return complain(error.what(), status_of(error));
  } catch (const std::exception& error) {
    return complain(error, failed);
  }
}
