#pragma once

#include <span>

#include "oracle/oracle.hpp"
#include "support.hpp"

namespace trilane::test {

/// Quantizes and dequantizes on every tested arch, and compares all bits with what is wanted.
inline void check_case(std::span<const float> weights, const Case& which, const oracle::Quantized& wanted,
                       std::span<const float> wanted_weights) {
  Guarded<float> input(weights);
  for (const Arch arch : tested_archs()) {
    Guarded<std::uint8_t> codes(wanted.codes.size());
    Guarded<float> scales(wanted.scales.size());
    quantize(input.span(), which.shape, which.format, {which.rule, which.granularity}, codes.span(), scales.span(),
             arch);
    require_same_bits<float>(scales.span(), wanted.scales, "scales", which, arch);
    require_same_bits<std::uint8_t>(codes.span(), wanted.codes, "codes", which, arch);

    Guarded<float> restored(weights.size());
    dequantize(codes.span(), scales.span(), which.shape, which.format, restored.span(), arch);
    require_same_bits<float>(restored.span(), wanted_weights, "restored weights", which, arch);

    BOOST_REQUIRE_MESSAGE(codes.guards_intact() && scales.guards_intact() && restored.guards_intact(),
                          which.text(arch) << ": wrote past the end of a span");
  }
}

inline void check_case_against_oracle(std::span<const float> weights, const Case& which) {
  const auto wanted = oracle::quantize(weights, which.shape, which.format, which.rule, which.granularity);
  check_case(weights, which, wanted, oracle::dequantize(wanted, which.shape, which.format));
}

}  // namespace trilane::test
