#include "bench/report/kernel_source.hpp"

#include <algorithm>
#include <array>

namespace trilane::bench {

namespace {

struct Source {
  std::string_view op;
  std::string_view generic;
  std::string_view scalar;
};

constexpr std::array sources = {
    Source{"quantize", "src/kernels/encode/generic.hpp", "src/kernels/encode/scalar.hpp"},
    Source{"dequantize", "src/kernels/decode/generic.hpp", "src/kernels/decode/scalar.hpp"},
    Source{"quantize_activations", "src/kernels/activations/generic.hpp", "src/kernels/activations/scalar.hpp"},
    Source{"gemv", "src/kernels/product/generic.hpp", "src/kernels/product/scalar.hpp"},
    Source{"gemm", "src/kernels/product/generic.hpp", "src/kernels/product/scalar.hpp"},
    Source{"model", "src/kernels/product/generic.hpp", "src/kernels/product/scalar.hpp"},
    Source{"pack", "src/product.cpp", "src/product.cpp"},
};

}  // namespace

std::string_view kernel_source(std::string_view op, std::string_view arch) noexcept {
  const auto* const found =
      std::find_if(sources.begin(), sources.end(), [&](const Source& source) { return source.op == op; });
  if (found == sources.end()) return {};
  return arch == "scalar" ? found->scalar : found->generic;
}

}  // namespace trilane::bench
