#pragma once

namespace trilane::bench {

/// The t that Student's distribution exceeds with probability `tail` (0 < tail ≤ ½) at so many degrees of freedom, which need
/// be no integer but at least 1.
double student_t_quantile(double degrees, double tail);

}  // namespace trilane::bench
