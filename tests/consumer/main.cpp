#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <trilane/trilane.hpp>
#include <vector>

int main() {
  const std::vector<float> weights{4, 1, -1, -2, 0.5, 3};  // 2 rows of 3
  const trilane::Shape shape{2, 3};
  const auto format = trilane::Format::tl2;

  std::vector<std::uint8_t> codes(trilane::storage_bytes(format, shape));
  std::vector<float> scales(1);  // one a tensor; a row each with {.granularity = trilane::Granularity::row}
  std::vector<float> restored(weights.size());
  const std::vector<float> x{1, 2, 3};
  std::vector<std::int8_t> q(3);  // x as int8, with its factor and its sum
  std::vector<float> a(1);
  std::vector<std::int32_t> sum(1);
  std::vector<float> y(2);
  try {
    trilane::quantize(weights, shape, format, {}, codes, scales);
    trilane::dequantize(codes, scales, shape, format, restored);

    const trilane::PackedMatrix matrix(codes, scales, shape, format);  // once, at load
    std::vector<std::byte> workspace(trilane::workspace_bytes(matrix, 1));
    trilane::quantize_activations(x, shape.cols, q, a, sum);
    trilane::gemv(matrix, {q, a}, y, workspace);  // y = W · x
  } catch (const trilane::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  for (const float weight : restored) std::printf("%g ", static_cast<double>(weight));
  std::printf("times 1 2 3: %g %g\n", static_cast<double>(y[0]), static_cast<double>(y[1]));
}
