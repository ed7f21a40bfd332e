#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/store.hpp"

namespace trilane::cli {

inline constexpr const char* default_store = "baselines";

/// Which baselines of a store; none: all.
struct StoreFilter {
  std::optional<std::string> machine_class = {};
  std::optional<std::string> name = {};
};

/// Reads folder/CLASS/NAME.json one after the other, in the order of their names, and hands each to `visit`, without its
/// samples: so hundreds fit into memory. A file that cannot be read or holds no baseline is named on stderr, in one line; the
/// result is how many these were. Throws bad_file if the folder itself cannot be read.
std::size_t visit_store(const std::string& folder, const StoreFilter& filter,
                        const std::function<void(bench::StoredBaseline)>& visit);

/// What is wrong with a baseline's name, for CLI11; empty: nothing.
std::string wrong_store_name(const std::string& name);

/// The stored baseline `name` that has the fingerprint of `like`: see bench::find_stored(). Throws bad_file also if a file of
/// that name cannot be read.
bench::Baseline find_in_store(const std::string& folder, const std::string& name, const bench::Baseline& like);

}  // namespace trilane::cli
