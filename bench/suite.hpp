#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/aligned.hpp"
#include "bench/weights.hpp"
#include "trilane/arch.hpp"
#include "trilane/formats.hpp"

namespace trilane::bench {

inline constexpr std::uint64_t suite_seed = 42;

/// One operation on one input, ready to be timed. Everything it needs is allocated before run().
class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;
  virtual void run() = 0;
  /// Of the bytes that run() wrote.
  [[nodiscard]] virtual std::string output_digest() const = 0;
};

/// What a case works on: seeded weights, 1 × n, or a tensor of a file.
struct Input {
  std::string name;                  ///< the case's last part: "65536", or the tensor's name, escaped
  std::vector<std::uint64_t> shape;  ///< as the baseline shows it
  Shape matrix;
  const Tensor* tensor = nullptr;  ///< none: seeded weights

  [[nodiscard]] std::uint64_t elements() const { return std::uint64_t{matrix.rows} * matrix.cols; }
};

/// One thing that the suite measures. Bytes are the compulsory traffic: what a perfect implementation touches once.
struct Operation {
  const char* name;
  std::uint64_t (*bytes_read)(Format, Shape);
  std::uint64_t (*bytes_written)(Format, Shape);
  std::unique_ptr<Job> (*prepare)(Format, const Input&, Arch);
  double read_passes;  ///< how often the fastest known algorithm reads its input: what bandwidth bounds
};

/// The operations of the registry, in its order.
const std::vector<const Operation*>& operations();
/// None if no operation of this build has that name.
const Operation* find_operation(std::string_view name);

struct Case {
  std::string name;  ///< op/format/shape: "quantize/i2_s/65536"
  const Operation* operation;
  Format format;
  Input input;
  Arch arch;
};

struct SuiteOptions {
  bool quick = false;
  std::string filter;                    ///< ECMAScript regular expression, looked for in the case's name; empty: all
  std::vector<std::string> archs;        ///< empty: all that are runnable
  const WeightsFile* weights = nullptr;  ///< its tensors instead of seeded weights; must outlive the suite
};

/// The cases that `options` choose: input by input, arch by arch. Throws invalid_argument for a bad regular expression, an
/// unknown arch or a choice that leaves no case; unsupported_arch for an arch that this CPU lacks.
std::vector<Case> make_suite(const SuiteOptions& options);

/// Input weights of a case: of the tensor, or seeded.
Buffer<float> input_weights(const Input& input);

}  // namespace trilane::bench
