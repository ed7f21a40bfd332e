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

/// Of all inputs. Another number wherever inputs change: baselines of another suite are not compared.
inline constexpr std::uint64_t suite_seed = 43;

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

/// What a case works on: seeded weights or a tensor of a file, and for products so many vectors of seeded activations.
struct Input {
  std::string name;                  ///< the case's part: "65536", "2560x2560x8", or the tensor's name, escaped
  std::vector<std::uint64_t> shape;  ///< as the baseline shows it
  Shape matrix;
  std::size_t vectors = 1;         ///< N of a product
  unsigned threads = 1;            ///< of a product
  const Tensor* tensor = nullptr;  ///< none: seeded weights
};

/// What make_suite() makes inputs of.
struct InputOptions {
  const WeightsFile* weights;     ///< null: seeded
  std::vector<unsigned> threads;  ///< empty: the operation's own choice
};

/// Sizes that an operation counts for a case. Bytes are the compulsory traffic: what a perfect implementation touches once.
struct Work {
  std::uint64_t elements;
  std::uint64_t bytes_read;
  std::uint64_t bytes_written;
};

/// One thing that the suite measures.
struct Operation {
  const char* name;
  std::vector<Input> (*inputs)(const InputOptions&);
  Work (*work)(Format, const Input&);
  std::unique_ptr<Job> (*prepare)(Format, const Input&, Arch);
  double read_passes = 1;      ///< how often the fastest known algorithm reads its input: what bandwidth bounds
  bool multiplies = false;     ///< its elements are int8 multiply-accumulates, which the int8 peak bounds
  bool has_formats = true;     ///< false: its only "format" is int8
  bool input_first = false;    ///< case names are op/input/format
  bool counts_tokens = false;  ///< an iteration is a token of a language model
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

  [[nodiscard]] std::string_view format_name() const {
    return operation->has_formats ? trilane::name(format) : std::string_view("int8");
  }
  [[nodiscard]] Work work() const { return operation->work(format, input); }
};

struct SuiteOptions {
  bool quick = false;
  std::string filter;              ///< ECMAScript regular expression, looked for in the case's name; empty: all
  std::vector<std::string> archs;  ///< empty: all that are runnable
  std::vector<unsigned> threads;   ///< of products; empty: 1, and for whole models all that the machine has as well
  const WeightsFile* weights = nullptr;  ///< its tensors instead of seeded weights; must outlive the suite
};

/// The cases that `options` choose: input by input, arch by arch. A quick suite leaves out whole models
/// and the largest products, unless a filter asks for them, and the scalar arch, unless asked for it, where it would take longer
/// than all others. Throws invalid_argument for a bad regular expression, an
/// unknown arch or a choice that leaves no case; unsupported_arch for an arch that this CPU lacks.
std::vector<Case> make_suite(const SuiteOptions& options);

/// Returns how many threads this process can run at once; 1 where there are none. The answer is that of the first call: a
/// thread that keeps to one core later does not change it.
unsigned all_threads();

}  // namespace trilane::bench
