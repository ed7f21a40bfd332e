#pragma once

/// Contract of the probes: what this machine can do at all, for bench/'s calibration.
///
/// probe_read(data, n, result): loads n floats (a multiple of 128), combines them by xor into 1 float at result.
/// probe_copy(from, n, to), probe_fill(to, n, value): n a multiple of 128; plain stores at the arch's width.
/// probe_int8_mac(rounds, result): int8 multiply-accumulates in registers only, as a large GEMM's inner loop; returns how
/// many multiply-accumulates that was; result receives 1 number so that nothing is optimised away.
/// products_are_exact(): tries the arch's product of bytes at its extremes.
