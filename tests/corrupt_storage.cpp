// Storage that no quantizer writes: dequantize() and check_storage() name row and block, and nothing is written.

#include <bit>
#include <limits>

#include "check.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

using Floats = std::vector<float>;

constexpr float quiet = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// Three rows of two whole blocks and one with 33 weights.
Shape padded_shape(Format format) { return {3, 2 * oracle::block_weights(format) + 33}; }

oracle::Quantized valid_storage(Shape shape, Format format) {
  return oracle::quantize(oracle::seeded_weights(5, shape.rows * shape.cols), shape, format, ScaleRule::absmean,
                          Granularity::row);
}

void require_corrupt(const oracle::Quantized& storage, Shape shape, Format format,
                     std::initializer_list<std::string_view> parts) {
  for (const Arch arch : tested_archs()) {
    const std::string context = std::string(arch.name()) + " " + std::string(name(format));
    Guarded<float> weights(shape.rows * shape.cols);
    require_error([&] { dequantize(storage.codes, storage.scales, shape, format, weights.span(), arch); },
                  ErrorCode::corrupt_data, parts, context);
    BOOST_REQUIRE_MESSAGE(weights.untouched(), context << ": wrote before the error");
    require_error([&] { check_storage(storage.codes, storage.scales, shape, format, arch); }, ErrorCode::corrupt_data,
                  parts, context);
  }
}

void require_valid(const oracle::Quantized& storage, Shape shape, Format format) {
  const Floats wanted = oracle::dequantize(storage, shape, format);
  for (const Arch arch : tested_archs()) {
    Guarded<float> weights(wanted.size());
    dequantize(storage.codes, storage.scales, shape, format, weights.span(), arch);
    require_same_bits<float>(weights.span(), wanted, "restored weights",
                             {shape, format, ScaleRule::absmean, Granularity::row}, arch);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(corrupt_storage)

// Every value of every byte of a block, over blocks of zeros, of random codes and of the largest codes: the oracle says
// which are codes, and both the refusal of the others and the decoding of these are checked.
BOOST_AUTO_TEST_CASE(every_byte_value) {
  for (const Format format : all_formats) {
    const std::size_t size = oracle::block_size(format);
    const std::size_t n = oracle::block_weights(format);
    const Shape shape{2, 2 * n};
    std::size_t refused = 0;
    for (const int filling : {0, 1, 2}) {
      oracle::Quantized storage = valid_storage(shape, format);
      if (filling != 1) {
        const auto block = oracle::pack_block(std::vector<int>(n, filling == 0 ? 0 : -1), format);
        for (std::size_t i = 0; i < storage.codes.size(); ++i) storage.codes[i] = block[i % size];
      }
      for (std::size_t byte = 0; byte < size; ++byte) {
        const std::size_t block = byte % 4;  // of the four that the two rows have
        const std::string row_text = "row " + std::to_string(block / 2);
        const std::string block_text = "block " + std::to_string(block % 2);
        for (int value = 0; value < 256; ++value) {
          std::uint8_t& changed = storage.codes[block * size + byte];
          const std::uint8_t before = std::exchange(changed, static_cast<std::uint8_t>(value));
          if (oracle::unpack_block(std::span(storage.codes).subspan(block * size, size), format)) {
            require_valid(storage, shape, format);
          } else {
            require_corrupt(storage, shape, format, {row_text, block_text});
            ++refused;
          }
          changed = before;
        }
      }
    }
    BOOST_TEST(refused > 0U);
  }
}

// The first corrupt block is the one that is named, wherever it is in a long row.
BOOST_AUTO_TEST_CASE(first_corrupt_block) {
  for (const Format format : all_formats) {
    const std::size_t size = oracle::block_size(format);
    const Shape shape{2, 40 * oracle::block_weights(format)};
    for (std::size_t block = 0; block < 80; ++block) {
      oracle::Quantized storage = valid_storage(shape, format);
      storage.codes[block * size + block % 16] = 0xFF;  // unused in every format: 3; 15; 15
      storage.codes[79 * size] = 0xFF;
      require_corrupt(storage, shape, format,
                      {"row " + std::to_string(block / 40), "block " + std::to_string(block % 40)});
    }
  }
}

BOOST_AUTO_TEST_CASE(padding) {
  for (const Format format : all_formats) {
    const std::size_t n = oracle::block_weights(format);
    const std::size_t size = oracle::block_size(format);
    const Shape shape = padded_shape(format);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t position = 0; position < n; ++position) {
        for (const int value : {-1, 1}) {
          oracle::Quantized storage = valid_storage(shape, format);
          const std::size_t first = (3 * row + 2) * size;
          auto values = oracle::unpack_block(std::span(storage.codes).subspan(first, size), format).value();
          values[position] = value;
          const auto block = oracle::pack_block(values, format);
          std::copy(block.begin(), block.end(), storage.codes.begin() + static_cast<std::ptrdiff_t>(first));
          if (position < 33) {
            require_valid(storage, shape, format);
          } else {
            require_corrupt(storage, shape, format, {"padding", "row " + std::to_string(row), "block 2"});
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(scales) {
  for (const Format format : all_formats) {
    const Shape shape = padded_shape(format);
    for (const float bad :
         {quiet, -quiet, infinity, -infinity, -1.0F, -std::numeric_limits<float>::denorm_min(), -0.0F}) {
      for (std::size_t row = 0; row < shape.rows; ++row) {
        oracle::Quantized storage = valid_storage(shape, format);
        storage.scales[row] = bad;
        require_corrupt(storage, shape, format, {"scale", "row " + std::to_string(row)});
      }
      oracle::Quantized storage = valid_storage(shape, format);
      storage.scales = {bad};
      require_corrupt(storage, shape, format, {"scale"});
    }
    for (const float good : {0.0F, std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max()}) {
      oracle::Quantized storage = valid_storage(shape, format);
      storage.scales = {1.0F, good, good};
      if (good > 0) require_valid(storage, shape, format);
      for (const Arch arch : tested_archs()) check_storage(storage.codes, storage.scales, shape, format, arch);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
