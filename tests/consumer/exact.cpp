// Prints, for each arch, what the library makes of finite inputs (a hash of all bits) and of inputs that are not. The text must not
// depend on how this file or the library was compiled: inputs are bits, and nothing is computed here.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <trilane/trilane.hpp>
#include <vector>

namespace {

constexpr trilane::Shape shape{70, 200};
constexpr std::uint32_t nan_bits = 0x7fc00000;
constexpr std::uint32_t infinity_bits = 0x7f800000;

/// Floats of either sign, from subnormal ones up to 2^`exponents` − 127.
std::vector<float> floats(std::size_t n, std::uint32_t exponents) {
  std::vector<float> made(n);
  std::uint64_t state = 1;
  for (float& one : made) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    const auto random = static_cast<std::uint32_t>(state >> 32U);
    const std::uint32_t bits = (random & 0x807fffffU) | (random >> 8U) % (exponents + 1U) << 23U;
    std::memcpy(&one, &bits, sizeof one);
  }
  return made;
}

class Hash {
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    std::vector<unsigned char> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    for (const unsigned char byte : bytes) value_ = (value_ ^ byte) * 1099511628211U;
  }
  [[nodiscard]] unsigned long long value() const { return value_; }

 private:
  unsigned long long value_ = 14695981039346656037U;
};

struct Made {
  std::vector<std::uint8_t> codes;
  std::vector<float> scales = std::vector<float>(shape.rows);
  std::vector<std::int8_t> q = std::vector<std::int8_t>(shape.cols);
  std::vector<float> a = std::vector<float>(1);
  std::vector<std::int32_t> sums = std::vector<std::int32_t>(1);
};

std::string refused(const char* what, const std::vector<float>& weights, const std::vector<float>& x, Made& made,
                    trilane::Arch arch) {
  std::string text = std::string(", ") + what;
  try {
    trilane::quantize(weights, shape, trilane::Format::i2_s, {}, made.codes, made.scales, arch);
    text += " weights accepted";
  } catch (const trilane::Error& error) {
    text += error.code() == trilane::ErrorCode::not_finite ? " weights refused" : " weights: another error";
  }
  try {
    trilane::quantize_activations(x, shape.cols, made.q, made.a, made.sums, arch);
    text += " and activations accepted";
  } catch (const trilane::Error& error) {
    text += error.code() == trilane::ErrorCode::not_finite ? " and activations refused" : " and another error";
  }
  return text;
}

void print(trilane::Arch arch) {
  Hash hash;
  Made made;
  // Up to 2^−26 and, so that s / a is subnormal, up to 2^−117.
  for (const std::uint32_t exponents : {101U, 10U}) {
    for (const trilane::Format format : trilane::all_formats) {
      made.codes.resize(trilane::storage_bytes(format, shape));
      const std::vector<float> weights = floats(shape.rows * shape.cols, exponents);
      const std::vector<float> x = floats(shape.cols, 125);
      std::vector<float> y(shape.rows);
      std::vector<float> restored(weights.size());
      trilane::quantize(weights, shape, format, {trilane::ScaleRule::absmean, trilane::Granularity::row}, made.codes,
                        made.scales, arch);
      trilane::dequantize(made.codes, made.scales, shape, format, restored, arch);
      trilane::quantize_activations(x, shape.cols, made.q, made.a, made.sums, arch);
      const trilane::PackedMatrix w(made.codes, made.scales, shape, format, arch);
      std::vector<std::byte> workspace(trilane::workspace_bytes(w, 1));
      trilane::ThreadPool pool(2);
      trilane::gemv(w, {made.q, made.a}, y, workspace, &pool);
      hash.add(made.codes);
      hash.add(made.scales);
      hash.add(restored);
      hash.add(made.q);
      hash.add(made.a);
      hash.add(y);
    }
  }
  std::string text;
  made.codes.resize(trilane::storage_bytes(trilane::Format::i2_s, shape));
  made.scales.resize(1);
  for (const std::uint32_t bits : {nan_bits, infinity_bits}) {
    std::vector<float> weights = floats(shape.rows * shape.cols, 101);
    std::vector<float> x = floats(shape.cols, 101);
    std::memcpy(&weights[1234], &bits, sizeof bits);
    std::memcpy(&x[123], &bits, sizeof bits);
    text += refused(bits == nan_bits ? "NaN" : "infinite", weights, x, made, arch);
  }
  std::printf("%s: %016llx%s\n", std::string(arch.name()).c_str(), hash.value(), text.c_str());
}

}  // namespace

int main() {
  try {
    for (const trilane::Arch arch : trilane::archs()) {
      if (arch.runnable()) print(arch);
    }
  } catch (const trilane::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
