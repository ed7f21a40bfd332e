#include "native/side_by_side.hpp"

#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "native/core_choice.hpp"
#include "native/cores.hpp"
#include "trilane/error.hpp"

namespace trilane::cli {

namespace {

struct LaunchPair {
  bench::Baseline base;
  bench::Baseline changed;
  double seconds = 0;  // when it ended
};

std::string to_line(const LaunchPair& pair) {
  return "{\"seconds\": " + nlohmann::json(pair.seconds).dump() + ", \"base\": " + bench::to_json(pair.base) +
         ", \"new\": " + bench::to_json(pair.changed) + "}";
}

LaunchPair from_line(const std::string& line, const std::string& path) {
  try {
    const auto json = nlohmann::ordered_json::parse(line);
    return {bench::parse_baseline(json.at("base").dump(), path), bench::parse_baseline(json.at("new").dump(), path),
            json.at("seconds")};
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::bad_file, path + " holds a line that is no pair of launches");
  }
}

bool base_is_first(std::uint32_t seed, std::size_t pair) {
  std::mt19937 random(seed + static_cast<std::uint32_t>(pair / 2));
  return (random() % 2 == 0) == (pair % 2 == 0);
}

}  // namespace

void measure_side_by_side(bench::Ab& ab, Launcher& base, Launcher& changed, const SideBySide& how) {
  using Clock = std::chrono::steady_clock;
  double before_s = 0;  // what the journal's pairs took
  const auto add = [&](LaunchPair pair) {
    ab.add(std::move(pair.base), std::move(pair.changed), pair.seconds);
    if (how.on_pair) how.on_pair(ab, pair.seconds);
  };
  if (how.journal != nullptr) {
    for (const std::string& line : how.journal->entries()) {
      if (ab.done()) break;
      LaunchPair pair = from_line(line, how.journal->path());
      before_s = pair.seconds;
      add(std::move(pair));
    }
  }
  const auto cores = static_cast<std::uint32_t>(Cores().count());
  CoreChoice core_choice(cores);
  const auto start = Clock::now();
  if (!ab.done()) {
    base.start();
    changed.start();
  }
  while (!ab.done()) {
    const std::size_t core = core_choice.next();
    // Another one for each pair, whose remainder is the core.
    const std::uint32_t order =
        (how.seed + static_cast<std::uint32_t>(ab.pairs())) * cores + static_cast<std::uint32_t>(core);
    const std::string narrowed = ab.wanted_cases();
    const std::string& wanted = narrowed.empty() ? how.cases : narrowed;
    const bool base_first = base_is_first(how.seed, ab.pairs());
    base.ask_to_prepare(order, wanted);
    changed.ask_to_prepare(order, wanted);
    base.wait_until_prepared();
    changed.wait_until_prepared();
    LaunchPair pair;
    if (base_first) pair.base = base.launch(order, wanted);
    pair.changed = changed.launch(order, wanted);
    if (!base_first) pair.base = base.launch(order, wanted);
    pair.seconds = before_s + std::chrono::duration<double>(Clock::now() - start).count();
    if (how.journal != nullptr) how.journal->append(to_line(pair));
    core_choice.ended(pair.base, pair.changed);
    add(std::move(pair));
  }
}

}  // namespace trilane::cli
