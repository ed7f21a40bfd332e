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
  try {
    trilane::quantize(weights, shape, format, {}, codes, scales);
    trilane::dequantize(codes, scales, shape, format, restored);
  } catch (const trilane::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  for (const float weight : restored) std::printf("%g ", static_cast<double>(weight));
}
