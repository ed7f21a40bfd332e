// The bench module: the harness, as a Web Worker calls it (bench.d.ts). Calls return JSON. No C++ exception crosses into
// JavaScript, where it would be no Error: code and message are returned, and worker.ts throws.

#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/baseline.hpp"
#include "bench/compare.hpp"
#include "bench/merge.hpp"
#include "bench/runner.hpp"
#include "bench/weights.hpp"
#include "read_through.hpp"
#include "trilane/arch.hpp"
#include "trilane/error.hpp"

namespace {

using Json = nlohmann::ordered_json;

struct Reply {
  std::string error;
  std::string message;
  std::string value;
};

template <class Call>
Reply guarded(const Call& call) {
  try {
    return {"", "", call()};
  } catch (const trilane::Error& error) {
    return {std::string(trilane::name(error.code())), error.what(), ""};
  } catch (const std::bad_alloc&) {
    return {"out_of_memory", "The browser gives this page no more memory.", ""};
  } catch (const std::exception& error) {
    return {"internal", error.what(), ""};
  }
}

struct Session {
  trilane::bench::WeightsFile weights;
  std::unique_ptr<trilane::bench::Runner> runner;
};

Session session;

trilane::bench::Runner& runner() {
  if (!session.runner)
    throw trilane::Error(trilane::ErrorCode::invalid_argument, "no suite is open: call open() first");
  return *session.runner;
}

std::vector<std::string> runnable_archs() {
  std::vector<std::string> names;
  for (const trilane::Arch& arch : trilane::archs()) {
    if (arch.runnable()) names.emplace_back(arch.name());
  }
  return names;
}

Reply open(const std::string& options_json, const std::string& name, double size, const emscripten::val& read_slice) {
  return guarded([&] {
    session = {};
    const Json json = Json::parse(options_json);
    trilane::bench::SuiteOptions options;
    options.quick = json.at("quick").get<bool>();
    options.filter = json.at("filter").get<std::string>();
    options.archs = json.at("archs").get<std::vector<std::string>>();
    if (!read_slice.isNull()) {
      session.weights =
          trilane::bench::open_weights(static_cast<std::uint64_t>(size), trilane::web::read_through(read_slice), name);
      options.weights = &session.weights;
    }
    session.runner = std::make_unique<trilane::bench::Runner>(std::move(options));

    Json cases = Json::array();
    for (const trilane::bench::Case& listed : runner().cases()) {
      cases.push_back({{"case", listed.name},
                       {"arch", listed.arch.name()},
                       {"op", listed.operation->name},
                       {"format", listed.format_name()},
                       {"input", listed.input.name}});
    }
    return Json{{"archs", runnable_archs()},
                {"cases", std::move(cases)},
                {"timer_resolution_ns", runner().timer_resolution_ns()}}
        .dump();
  });
}

Reply calibrate() {
  return guarded([] {
    runner().calibrate(1);
    return trilane::bench::to_json(runner().calibration());
  });
}

/// A JavaScript number as an index of the suite's cases.
std::size_t case_index(double index) {
  if (index >= 0 && index < static_cast<double>(runner().cases().size())) return static_cast<std::size_t>(index);
  throw trilane::Error(trilane::ErrorCode::invalid_argument, "there is no case " + std::to_string(index));
}

Reply prepare(double index) {
  return guarded([&] {
    runner().prepare(case_index(index));
    return std::string();
  });
}

Reply run(double index) {
  return guarded([&] {
    Json step{{"benchmark", Json::parse(trilane::bench::to_json(runner().run(case_index(index))))},
              {"seconds_left", nullptr}};
    if (const auto seconds = runner().seconds_left()) step["seconds_left"] = *seconds;
    return step.dump();
  });
}

/// `module_bytes`: 0 if it is not known.
Reply baseline(const std::string& environment_json, const std::string& created, double module_bytes) {
  return guarded([&] {
    trilane::bench::Environment environment = trilane::bench::parse_environment(environment_json);
    environment.platform = "browser";
    environment.cpu.features = runnable_archs();
    std::erase(environment.cpu.features, "scalar");
    trilane::bench::Baseline baseline = runner().baseline(std::move(environment), created);
    if (module_bytes > 0) baseline.build.module_bytes = static_cast<std::uint64_t>(module_bytes);
    return trilane::bench::to_json(baseline);
  });
}

std::vector<trilane::bench::Baseline> parse_all(const std::vector<std::string>& texts) {
  std::vector<trilane::bench::Baseline> baselines;
  for (const std::string& text : texts) {
    baselines.push_back(trilane::bench::parse_baseline(text, "baseline " + std::to_string(baselines.size() + 1)));
  }
  return baselines;
}

Reply merge(const emscripten::val& texts) {
  return guarded([&] {
    return trilane::bench::to_json(trilane::bench::merge(parse_all(emscripten::vecFromJSArray<std::string>(texts))));
  });
}

/// `tiers_json`: [[case, arch, tier], …]
Reply set_tiers(const std::string& text, const std::string& tiers_json) {
  return guarded([&] {
    std::map<trilane::bench::CaseAndArch, std::string> tiers;
    for (const Json& entry : Json::parse(tiers_json)) {
      tiers[{entry.at(0).get<std::string>(), entry.at(1).get<std::string>()}] = entry.at(2).get<std::string>();
    }
    trilane::bench::Baseline baseline = trilane::bench::parse_baseline(text, "the baseline");
    trilane::bench::set_tiers(baseline, tiers);
    return trilane::bench::to_json(baseline);
  });
}

/// The baseline as to_json() writes it, which proves that it is one.
Reply check(const std::string& text, const std::string& name) {
  return guarded([&] { return trilane::bench::to_json(trilane::bench::parse_baseline(text, name)); });
}

Reply compare(const std::string& a_text, const std::string& a_name, const std::string& b_text,
              const std::string& b_name, bool cross) {
  return guarded([&] {
    const trilane::bench::Baseline a = trilane::bench::parse_baseline(a_text, a_name);
    const trilane::bench::Baseline b = trilane::bench::parse_baseline(b_text, b_name);
    trilane::bench::CompareOptions options;
    options.cross = cross;
    return trilane::bench::to_json(trilane::bench::compare(a, b, options), options);
  });
}

}  // namespace

EMSCRIPTEN_BINDINGS(trilane_bench) {
  emscripten::value_object<Reply>("Reply")
      .field("error", &Reply::error)
      .field("message", &Reply::message)
      .field("value", &Reply::value);
  emscripten::function("open", &open);
  emscripten::function("calibrate", &calibrate);
  emscripten::function("prepare", &prepare);
  emscripten::function("run", &run);
  emscripten::function("baseline", &baseline);
  emscripten::function("merge", &merge);
  emscripten::function("setTiers", &set_tiers);
  emscripten::function("check", &check);
  emscripten::function("compare", &compare);
}
