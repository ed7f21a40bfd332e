#pragma once

#include <string>
#include <vector>

#include "bench/change_points.hpp"
#include "bench/store.hpp"

// The times of cases over saved baselines. docs/store.md explains it.

namespace trilane::bench {

/// A saved baseline, as a place on a group's axis.
struct Revision {
  std::string name;
  std::string created;
  std::string commit;
  bool dirty = false;
};

struct Point {
  std::size_t revision = 0;  ///< which of its group's
  Estimate median;           ///< nanoseconds
};

/// A case on an arch. Points are in the order of time; baselines without the case leave gaps.
struct Series {
  std::string name;
  std::string arch;
  std::vector<Point> points;
  Changes changes;
};

/// Baselines whose times may be compared: of one fingerprint and suite, in the order in which they were created.
struct Group {
  std::string fingerprint;
  std::string platform;  ///< platform_text() of the newest
  std::vector<Revision> revisions;
  std::vector<Series> series;
};

struct History {
  std::vector<Group> groups;
  std::size_t tested = 0;     ///< series with least_points or more
  std::size_t anonymous = 0;  ///< baselines left out: without a fingerprint
  std::size_t copies =
      0;  ///< baselines left out: another of the same fingerprint and suite was created at the same time
};

struct HistoryOptions {
  std::string cases = {};  ///< ECMAScript regular expression, looked for in the case's name; empty: all
  std::string arch = {};   ///< empty: all
  double minimum_effect = 0.02;
};

/// The probability that a history in which nothing changed shows any change: the level of a series is this over how many
/// are tested (Bonferroni).
inline constexpr double history_level = 0.05;

/// Throws invalid_argument if `cases` is no regular expression.
History make_history(std::vector<StoredBaseline> baselines, const HistoryOptions& options);

/// Whether the series became slower by a step that lies within its last `recent` points and is its last one, or by a drift.
bool slowed_down(const Series& series, std::size_t recent);

/// Everything, as JSON.
std::string to_json(const History& history);

/// A row a point (RFC 4180, but for the line's end, which is LF).
std::string to_csv(const History& history);

/// "▁▂▄█": a sign a revision of the last `width`, a space where the series has a gap; the lowest time is ▁, the highest █.
/// Times within the minimum effect of each other are all ▄.
std::string sparkline(const Series& series, std::size_t revisions, double minimum_effect, std::size_t width = 40);

}  // namespace trilane::bench
