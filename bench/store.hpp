#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/baseline.hpp"

// The store of named baselines: a folder a machine class, a file a baseline. docs/store.md explains it. Nothing here touches
// a file.

namespace trilane::bench {

/// A baseline of the store.
struct StoredBaseline {
  std::string machine_class;
  std::string name;
  Baseline baseline;
};

/// A name of a baseline or of a machine class: 1 to 100 letters, digits, `.`, `_` and `-`, beginning with a letter or a digit,
/// so that it is no path, no hidden file and no option. Throws invalid_argument that says what is wrong; `what` names it.
void require_store_name(std::string_view name, std::string_view what);

/// Whether `text` is a time as baselines have it, 2026-01-31T12:00:00Z: then texts are in the order of their times.
bool is_utc_time(std::string_view text);

/// What the store needs to know of a baseline. Throws bad_file: a time of creation that gives no order, no benchmarks. `source`
/// names the file.
void require_storable(const Baseline& baseline, const std::string& source);

/// The folder of a machine, from its CPU's model and cores: "amd-epyc-2-cores". Throws invalid_argument if the model is
/// unknown.
std::string machine_class_of(const Environment& environment);

/// "native, AMD EPYC, Linux 6.18" or "browser, V8 156.0, AMD EPYC, …".
std::string platform_text(const Environment& environment);

/// SUMMARY.md of a folder: a table of all its baselines by time, then summary_markdown() of the newest of every fingerprint.
/// The order of `baselines` does not matter.
std::string class_summary(const std::string& machine_class, std::span<const StoredBaseline> baselines);

/// The one of `named`, all baselines called `name`, that has the fingerprint of `like`. Throws bad_file if there is none of
/// that name, invalid_argument with the candidates if none has it, or if the fingerprint of `like` is unknown.
const StoredBaseline& find_stored(std::span<const StoredBaseline> named, const std::string& name, const Baseline& like);

}  // namespace trilane::bench
