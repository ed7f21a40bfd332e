#pragma once

/// Contract of the activation kernels.
///
/// quantize_activations(x, n, a, q): q[i] = round-half-even(x[i] · a), n ≥ 1; returns Σq. |x · a| must not exceed 127.5, and n
/// must not exceed 2²⁴, so that the sum fits int32. Rounding: x · a + 1.5 · 2²³, whose last bits are the integer; exact and the
/// same everywhere, whatever the rounding mode of conversions.

namespace trilane::kernels {

inline constexpr float rounder = 12582912.0F;  // 1.5 · 2²³
inline constexpr int rounder_bits = 0x4b400000;

}  // namespace trilane::kernels
