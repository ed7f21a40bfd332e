#pragma once

// The normative definition of the storage layouts: one block, codes one by one. docs/formats.md draws them.

#include "formats/i2_s.hpp"
#include "formats/tl1.hpp"
#include "formats/tl2.hpp"
