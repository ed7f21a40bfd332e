#pragma once

namespace trilane::bench {

/// Nanoseconds since some moment: the steady clock natively, performance.now() in a browser.
double now_ns();

/// The clock's tick: the median of the steps that it is seen to make. Measured, since browsers coarsen it as they like.
double measure_tick_ns();

}  // namespace trilane::bench
