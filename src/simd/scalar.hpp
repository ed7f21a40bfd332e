#pragma once

#include <concepts>

namespace trilane::simd {

/// The reference arch: no vectors. Its kernels are the scalar.hpp beside each generic.hpp.
struct scalar {};

template <class A>
concept Scalar = std::same_as<A, scalar>;

template <class A>
concept Vector = !std::same_as<A, scalar>;

}  // namespace trilane::simd
