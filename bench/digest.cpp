#include "bench/digest.hpp"

#include <xxhash.h>

#include <memory>
#include <new>

namespace trilane::bench {

std::string digest(std::span<const std::span<const std::byte>> parts) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  if (!state) throw std::bad_alloc();
  XXH3_64bits_reset(state.get());
  for (const auto part : parts) XXH3_64bits_update(state.get(), part.data(), part.size());
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "xxh3:";
  const std::uint64_t hash = XXH3_64bits_digest(state.get());
  for (int shift = 60; shift >= 0; shift -= 4) text += digits[hash >> shift & 15];
  return text;
}

std::string digest(std::span<const std::byte> bytes) {
  return digest(std::span<const std::span<const std::byte>>(&bytes, 1));
}

}  // namespace trilane::bench
