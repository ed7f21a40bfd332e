#include <cstdint>
#include <cstdio>
#include <trilane/trilane.hpp>
#include <vector>

int main() {
  const std::vector<float> weights{4, 1, -1, -2};
  const trilane::Shape shape{1, weights.size()};
  const auto format = trilane::Format::tl2;
  try {
    std::vector<std::uint8_t> codes(trilane::storage_bytes(format, shape));
    std::vector<float> scales(1);
    trilane::quantize(weights, shape, format, {}, codes, scales);
    std::vector<float> restored(weights.size());
    trilane::dequantize(codes, scales, shape, format, restored);
    for (const float w : restored) std::printf("%g ", static_cast<double>(w));
    // The mean is 2, and only weights beyond 1 are not 0.
    return restored == std::vector<float>{2, 0, 0, -2} ? 0 : 1;
  } catch (const trilane::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
