#include "bench/digest.hpp"

#include <xxhash.h>

#include <algorithm>
#include <memory>
#include <new>
#include <vector>

namespace trilane::bench {

namespace {

class Hash {
 public:
  Hash() : state_(XXH3_createState(), &XXH3_freeState) {
    if (!state_) throw std::bad_alloc();
    XXH3_64bits_reset(state_.get());
  }
  void add(std::span<const std::byte> bytes) { XXH3_64bits_update(state_.get(), bytes.data(), bytes.size()); }
  [[nodiscard]] std::string text() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "xxh3:";
    const std::uint64_t hash = XXH3_64bits_digest(state_.get());
    for (int shift = 60; shift >= 0; shift -= 4) text += digits[hash >> shift & 15];
    return text;
  }

 private:
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state_;
};

}  // namespace

std::string digest(std::span<const std::span<const std::byte>> parts) {
  Hash hash;
  for (const auto part : parts) hash.add(part);
  return hash.text();
}

std::string digest(std::span<const std::byte> bytes) {
  return digest(std::span<const std::span<const std::byte>>(&bytes, 1));
}

std::string digest(std::uint64_t size, const std::function<void(std::uint64_t, std::span<std::byte>)>& read) {
  constexpr std::uint64_t most = std::uint64_t{1} << 20U;
  std::vector<std::byte> piece;
  Hash hash;
  for (std::uint64_t offset = 0; offset < size; offset += piece.size()) {
    piece.resize(static_cast<std::size_t>(std::min(most, size - offset)));
    read(offset, piece);
    hash.add(piece);
  }
  return hash.text();
}

}  // namespace trilane::bench
