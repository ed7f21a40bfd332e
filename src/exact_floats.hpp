#pragma once

#include <cfloat>
#include <cstdint>

#include "formats/inline.hpp"

// Included by every unit that computes with floats: refuses compiler flags that change results, and tells finite numbers from
// others by their bits. cmake/ExactFloats.cmake undoes the flags it knows; a unit compiled without it may still have them.

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) || \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || defined(__NO_SIGNED_ZEROS__)
#error "trilane is exact to the bit: compile it without -ffast-math and the flags it stands for"
#endif
#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "trilane is exact to the bit: float must be computed as float, as by -mfpmath=sse on 32-bit x86"
#endif
static_assert(sizeof(0.1) == sizeof(double), "compile trilane without -fsingle-precision-constant");

namespace trilane {

inline constexpr std::uint32_t infinity_bits = 0x7f800000;

/// Returns the bits of |x|. They order as |x| does, with infinity above all numbers and NaN above infinity.
TRILANE_INLINE constexpr std::uint32_t magnitude_bits(float x) noexcept {
  return __builtin_bit_cast(std::uint32_t, x) & 0x7fffffffU;
}

// std::isfinite() and its like are inline functions. In a build that does not inline them, the linker may keep the copy of a
// unit of the caller's, and one compiled with -ffast-math calls everything finite.

TRILANE_INLINE constexpr bool is_finite(float x) noexcept { return magnitude_bits(x) < infinity_bits; }
TRILANE_INLINE constexpr bool is_nan(float x) noexcept { return magnitude_bits(x) > infinity_bits; }
TRILANE_INLINE constexpr bool is_negative(float x) noexcept { return __builtin_bit_cast(std::uint32_t, x) >> 31U != 0; }

TRILANE_INLINE constexpr bool is_finite(double x) noexcept {
  return (__builtin_bit_cast(std::uint64_t, x) >> 52U & 0x7ffU) != 0x7ffU;
}

}  // namespace trilane
