#pragma once

/// Never emitted as a function of its own: such a symbol would be shared between units compiled for different archs.
#define TRILANE_INLINE [[gnu::always_inline]] inline
