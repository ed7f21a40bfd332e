#pragma once

/// Contract of encode.
///
/// encode(weights, n, threshold, codes): t = +1 if w > h, −1 if w < −h, else 0, h = threshold ≥ +0, laid out as
/// the format says (formats/<format>.hpp), the last block padded with zero weights. Writes
/// row_bytes(format, n) bytes. No alignment is needed; n ≥ 1; weights finite; spans do not overlap.
