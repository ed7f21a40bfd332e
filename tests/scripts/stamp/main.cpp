#include <cstdio>

#include "bench/build_info.hpp"

int main() {
  using namespace trilane::bench::build_info;
  std::printf("%s|%d|%s|%s\n", commit, dirty ? 1 : 0, compiler, flags);
}
