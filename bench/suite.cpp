#include "bench/suite.hpp"

#include <algorithm>

#include "bench/expression.hpp"
#include "bench/processors.hpp"
#include "kernels/registry.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

#define TRILANE_DECLARE(operation) extern const Operation operation##_operation;
TRILANE_OPERATIONS(TRILANE_DECLARE)
#undef TRILANE_DECLARE

namespace {

/// What a quick suite leaves out, unless a filter asks for it: the scalar arch multiplies about 10⁹ weights a second.
constexpr std::uint64_t most_quick_elements = (std::uint64_t{1} << 27U) - 1;
constexpr std::uint64_t most_quick_scalar_macs = 20'000'000;

std::vector<Arch> choose_archs(const std::vector<std::string>& wanted) {
  std::vector<Arch> chosen;
  for (const std::string& name : wanted) find_arch(name);  // each must be there
  for (const Arch& arch : archs()) {
    const bool asked_for = std::find(wanted.begin(), wanted.end(), arch.name()) != wanted.end();
    if (wanted.empty() ? arch.runnable() : asked_for) chosen.push_back(arch);
  }
  return chosen;
}

std::string case_name(const Case& of) {
  const std::string format(of.format_name());
  std::string name = of.operation->name;
  name += of.operation->input_first ? "/" + of.input.name + "/" + format : "/" + format + "/" + of.input.name;
  if (of.input.threads > 1) name += "/threads=" + std::to_string(of.input.threads);
  return name;
}

}  // namespace

const std::vector<const Operation*>& operations() {
#define TRILANE_POINTER(operation) &operation##_operation,
  static const std::vector<const Operation*> all{TRILANE_OPERATIONS(TRILANE_POINTER)};
#undef TRILANE_POINTER
  return all;
}

const Operation* find_operation(std::string_view name) {
  for (const Operation* operation : operations()) {
    if (operation->name == name) return operation;
  }
  return nullptr;
}

unsigned all_threads() {
#ifdef __EMSCRIPTEN__
  return 1;
#else
  static const unsigned threads = usable_processors();
  return threads;
#endif
}

std::vector<Case> make_suite(const SuiteOptions& options) {
  const Expression filter(options.filter);
  const std::vector<Arch> chosen = choose_archs(options.archs);
  std::vector<Case> cases;
  for (const Operation* operation : operations()) {
    const std::vector<Input> inputs = operation->inputs({options.weights, options.threads});
    for (const Format format : all_formats) {
      if (!operation->has_formats && format != all_formats[0]) continue;
      for (const Input& input : inputs) {
        Case next{"", operation, format, input, chosen[0]};
        next.name = case_name(next);
        if (!filter.found_in(next.name)) continue;
        if (options.quick && options.filter.empty() && next.work().elements > most_quick_elements) continue;
        for (const Arch arch : chosen) {
          const bool asked_for = !options.archs.empty() || !options.quick || arch.name() != "scalar";
          if (!asked_for && operation->multiplies && next.work().elements > most_quick_scalar_macs) continue;
          next.arch = arch;
          cases.push_back(next);
        }
      }
    }
  }
  if (cases.empty()) {
    throw Error(ErrorCode::invalid_argument, "no case matches '" + options.filter + "'; `trilane list` shows them all");
  }
  return cases;
}

}  // namespace trilane::bench
