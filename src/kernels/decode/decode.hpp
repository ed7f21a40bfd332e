#pragma once

/// Contract of decode and valid.
///
/// decode(codes, n, scale, weights): writes s·t for the first n codes, +0 where t = 0. codes are
/// row_bytes(format, n) valid bytes; scale finite and ≥ +0. No alignment is needed; n ≥ 1; spans do not overlap.
///
/// valid(codes, blocks): false if any of `blocks` whole blocks holds an unused code (i2_s 3; tl1 9…15; tl2 index 14, 15
/// or a sign on 0). Padding is not looked at.
