// What no arch unit may have: a function that others could share, and one that aborts.

#include <cstdlib>

int shared_helper(int value);

int shared_helper(int value) {
  if (value < 0) std::abort();
  return value;
}
