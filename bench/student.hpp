#pragma once

namespace trilane::bench {

/// The t that Student's distribution exceeds with probability `tail` (0 < tail ≤ ½) at so many degrees of freedom, which need
/// be no integer but at least 1.
double student_t_quantile(double degrees, double tail);

/// The regularised incomplete beta function I_x(a, b), a and b above 0; y is 1 − x, given apart because it may be tiny.
double incomplete_beta(double a, double b, double x, double y);

}  // namespace trilane::bench
