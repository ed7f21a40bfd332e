#pragma once

#include <string>
#include <vector>

#include "bench/baseline.hpp"
#include "bench/compare.hpp"

// The page that `trilane report` writes: a template, built by web/report/build.ts, and the data that it shows.

namespace trilane::cli {

struct NamedBaseline {
  std::string name;  ///< what the page calls it
  bench::Baseline baseline;
};

/// Of each baseline after the first one comparison: with the earliest that has its fingerprint, with verdicts; else across,
/// with the first of all. The data as JSON, in which nothing can end the script element that holds it.
std::string report_data(const std::string& title, const std::vector<NamedBaseline>& baselines,
                        const bench::MinimumEffects& effects);

/// The template with the data in its place. Throws bad_file, which names `source`, if it has no such place.
std::string fill_template(const std::string& page, const std::string& data, const std::string& source);

/// The text of the template: of `path` if there is one, else of the first that is there: PREFIX/share/trilane/report.html of an
/// installed program, what the build of web/report left in the source tree. Throws bad_file with a line that says how to get it.
std::string read_template(const std::string& path, std::string& source);

}  // namespace trilane::cli
