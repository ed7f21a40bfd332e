#include "bench/suite.hpp"

#include <algorithm>
#include <regex>

#include "bench/seeded_weights.hpp"
#include "kernels/registry.hpp"
#include "trilane/error.hpp"

namespace trilane::bench {

#define TRILANE_DECLARE(operation, takes_a_format) extern const Operation operation##_operation;
TRILANE_OPERATIONS(TRILANE_DECLARE)
#undef TRILANE_DECLARE

namespace {

constexpr std::size_t seeded_sizes[] = {1024, 4096, 16384, 65536, 262144, 4194304};

std::vector<Input> make_inputs(const WeightsFile* weights) {
  std::vector<Input> inputs;
  if (weights == nullptr) {
    for (const std::size_t n : seeded_sizes) inputs.push_back({std::to_string(n), {n}, {1, n}, nullptr});
    return inputs;
  }
  for (const Tensor& tensor : weights->tensors) {
    inputs.push_back({escaped(tensor.name), {tensor.shape.rows, tensor.shape.cols}, tensor.shape, &tensor});
  }
  return inputs;
}

std::vector<Arch> choose_archs(const std::vector<std::string>& wanted) {
  std::vector<Arch> chosen;
  for (const std::string& name : wanted) find_arch(name);  // each must be there
  for (const Arch& arch : archs()) {
    const bool asked_for = std::find(wanted.begin(), wanted.end(), arch.name()) != wanted.end();
    if (wanted.empty() ? arch.runnable() : asked_for) chosen.push_back(arch);
  }
  return chosen;
}

std::regex compile(const std::string& filter) {
  try {
    return std::regex(filter, std::regex::ECMAScript);
  } catch (const std::regex_error& error) {
    throw Error(ErrorCode::invalid_argument, "'" + filter + "' is not a regular expression: " + error.what());
  }
}

}  // namespace

const std::vector<const Operation*>& operations() {
#define TRILANE_POINTER(operation, takes_a_format) &operation##_operation,
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

std::vector<Case> make_suite(const SuiteOptions& options) {
  const std::regex filter = compile(options.filter);
  const std::vector<Arch> chosen = choose_archs(options.archs);
  std::vector<Case> cases;
  for (const Operation* operation : operations()) {
    for (const Format format : all_formats) {
      for (const Input& input : make_inputs(options.weights)) {
        const std::string name =
            std::string(operation->name) + "/" + std::string(trilane::name(format)) + "/" + input.name;
        if (!std::regex_search(name, filter)) continue;
        for (const Arch arch : chosen) cases.push_back({name, operation, format, input, arch});
      }
    }
  }
  if (cases.empty()) {
    throw Error(ErrorCode::invalid_argument, "no case matches '" + options.filter + "'; `trilane list` shows them all");
  }
  return cases;
}

Buffer<float> input_weights(const Input& input) {
  Buffer<float> weights(input.matrix.rows * input.matrix.cols);
  if (input.tensor != nullptr) {
    input.tensor->load(weights);
  } else {
    fill_seeded(weights, suite_seed);
  }
  return weights;
}

}  // namespace trilane::bench
