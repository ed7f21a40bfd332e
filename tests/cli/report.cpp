// The page of baselines: a template that is filled with data in which nothing can end the element that holds it.

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "files.hpp"

using namespace trilane::test;
using Json = nlohmann::ordered_json;

namespace {

constexpr int another_schema = 3;
constexpr int wrong = 4;

const std::string before = "<!doctype html><p>before</p>";
const std::string place = R"(<script type="application/json" id="trilane-report-1">)";
const std::string after = "</script><p>after</p>";
const std::string page_template = before + place + "null" + after;

std::string committed(const std::string& name) {
  return std::string(TRILANE_SOURCE) + "/baselines/amd-epyc-2-cores/" + name + ".json";
}

/// Two cases of a committed baseline, with `launches` equal launches, times `factor` of what they were.
Json small(const std::string& name, std::size_t launches = 5, double factor = 1) {
  Json baseline = Json::parse(read_file(committed(name)));
  Json& benchmarks = baseline["benchmarks"];
  benchmarks.erase(benchmarks.begin() + 2, benchmarks.end());
  for (Json& one : benchmarks) {
    Json launch = one["launches"][0];
    for (Json& time : launch["times_ns"]) time = time.get<double>() * factor;
    one["launches"] = Json::array();
    for (std::size_t i = 0; i < launches; ++i) one["launches"].push_back(launch);
  }
  baseline["suite"]["launches"] = launches;
  return baseline;
}

struct Files {
  TemporaryFolder folder;
  std::string page = folder / "template.html";
  Files() { write_file(page, page_template); }

  [[nodiscard]] std::string write(const std::string& name, const Json& content) const {
    write_file(folder / name, content.dump());
    return folder / name;
  }
  [[nodiscard]] std::string report(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "report");
    arguments.insert(arguments.end(), {"--template", page});
    return run_well(arguments).out;
  }
};

/// The data in a page that has the template's text around it.
std::string data_text(const std::string& page) {
  BOOST_REQUIRE(page.starts_with(before + place));
  BOOST_REQUIRE(page.ends_with(after));
  return page.substr((before + place).size(), page.size() - (before + place + after).size());
}

Json data(const std::string& page) { return Json::parse(data_text(page)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(report)

BOOST_AUTO_TEST_CASE(fills_the_template) {
  const Files files;
  const Json shown = data(files.report({committed("native"), "--title", "A title"}));
  BOOST_TEST(shown.at("title") == "A title");
  BOOST_TEST(shown.at("baselines").size() == 1U);
  BOOST_TEST(shown.at("baselines")[0].at("name") == "native");
  BOOST_TEST((shown.at("baselines")[0].at("baseline") == Json::parse(read_file(committed("native")))));
  BOOST_TEST(shown.at("comparisons").empty());
  const std::string out = files.folder / "report.html";
  run_well({"report", committed("native"), "--title", "A title", "--template", files.page, "-o", out});
  BOOST_TEST((data(read_file(out)) == shown));
}

BOOST_AUTO_TEST_CASE(nothing_ends_the_element) {
  const Files files;
  const std::string hostile = "</script><!--<script>\xe2\x80\xa8&\"'";
  Json baseline = small("native");
  baseline["benchmarks"][0]["case"] = hostile;
  const std::string text = data_text(files.report(
      {files.write("a.json", baseline), files.write("<!--<script>.json", small("chromium")), "--title", hostile}));
  BOOST_TEST(text.find_first_of("<>&") == std::string::npos);
  BOOST_TEST(text.find("\xe2\x80\xa8") == std::string::npos);
  const Json shown = Json::parse(text);
  BOOST_TEST(shown.at("title") == hostile);
  BOOST_TEST(shown.at("baselines")[0].at("baseline").at("benchmarks")[0].at("case") == hostile);
  BOOST_TEST(shown.at("baselines")[1].at("name") == "<!--<script>");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_text) {
  const Files files;
  BOOST_TEST(data(files.report({files.write("a\xff.json", small("native"))})).at("baselines")[0].at("name") ==
             "a\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(equal_fingerprints_are_judged) {
  const Files files;
  const std::string a = files.write("before.json", small("native"));
  const std::string b = files.write("after.json", small("native", 5, 1.1));
  const Json shown = data(files.report({a, b}));
  BOOST_TEST(shown.at("comparisons").size() == 1U);
  const Json& found = shown.at("comparisons")[0];
  BOOST_TEST(found.at("a") == 0);
  BOOST_TEST(found.at("b") == 1);
  const Json& comparison = found.at("comparison");
  BOOST_TEST(comparison.at("cross") == false);
  BOOST_TEST(comparison.at("pairs").size() == 2U);
  for (const Json& pair : comparison.at("pairs")) BOOST_TEST(pair.at("verdict") == "regressed");
  // As `compare` sees them, with its options.
  const std::vector<std::string> compare = {"compare", "--format", "json", "--min-effect", "12", a, b};
  const Json same = Json::parse(run(compare).out);
  BOOST_TEST((data(files.report({a, b, "--min-effect", "12"})).at("comparisons")[0].at("comparison") == same));
  BOOST_TEST(same.at("pairs")[0].at("verdict") == "slower within tolerance");
}

BOOST_AUTO_TEST_CASE(several_files) {
  const Files files;
  const std::string native = files.write("native.json", small("native"));
  const std::string chromium = files.write("chromium.json", small("chromium"));
  const std::string later = files.write("later.json", small("chromium", 5, 0.8));
  const Json shown = data(files.report({native, chromium, later}));
  const Json& found = shown.at("comparisons");
  BOOST_TEST(found.size() == 2U);
  BOOST_TEST(found[0].at("a") == 0);  // across
  BOOST_TEST(found[0].at("comparison").at("cross") == true);
  BOOST_TEST(found[1].at("a") == 1);  // the earliest alike
  BOOST_TEST(found[1].at("b") == 2);
  BOOST_TEST(found[1].at("comparison").at("pairs")[0].at("verdict") == "improved");

  Json of_weights = small("firefox");
  of_weights["suite"]["seed"] = 7;
  const std::string other = files.write("other.json", of_weights);
  const Json apart = data(files.report({native, other})).at("comparisons")[0];
  BOOST_TEST(!apart.contains("comparison"));
  BOOST_TEST(apart.at("error").get<std::string>().find("different suites") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_of_files) {
  const Files files;
  std::filesystem::create_directories(files.folder / "one");
  std::filesystem::create_directories(files.folder / "two");
  const std::string a = files.write("one/native.json", small("native"));
  const std::string b = files.write("two/native.json", small("native"));
  std::vector<std::string> names;
  const Json shown = data(files.report({a, b, b, committed("chromium")}));
  for (const Json& one : shown.at("baselines")) {
    names.push_back(one.at("name").get<std::string>());
  }
  BOOST_TEST((names == std::vector<std::string>{"one/native", "two/native", "two/native (2)", "chromium"}));
}

BOOST_AUTO_TEST_CASE(files_that_are_none) {
  const Files files;
  const std::string good = files.write("good.json", small("native"));
  Json future = small("native");
  future["schema"] = "trilane.baseline/2";
  const std::string later = files.write("future.json", future);
  write_file(files.folder / "cut.json", small("native").dump().substr(0, 900));
  const std::string out = files.folder / "out.html";
  write_file(out, "earlier");
  const auto refused = [&](std::vector<std::string> inputs, int status, std::initializer_list<std::string_view> parts) {
    inputs.insert(inputs.begin(), "report");
    inputs.insert(inputs.end(), {"--template", files.page, "-o", out});
    run_badly(inputs, status, parts);
    BOOST_TEST(read_file(out) == "earlier");
  };
  refused({good, later}, another_schema, {"future.json"});
  refused({good, files.folder / "cut.json"}, wrong, {"cut.json"});
  refused({later, files.folder / "cut.json"}, wrong, {"cut.json"});  // the higher status
  refused({good, files.folder / "none.json"}, wrong, {"none.json", "No such file"});
  refused({}, wrong, {"FILES"});
  refused({good, "--min-effect", "0"}, wrong, {"'0' is no percent"});
  run_badly({"report", good, "--template", files.page, "-o", files.folder / "no/such"}, 1, {"no/such"});
}

BOOST_AUTO_TEST_CASE(templates) {
  const Files files;
  const std::string good = files.write("good.json", small("native"));
  run_badly({"report", good, "--template", files.folder / "none.html"}, wrong, {"none.html"});
  run_badly({"report", good, "--template", good}, wrong, {"good.json is no template", "build:report"});
  write_file(files.folder / "cut.html", before + place + "null");
  run_badly({"report", good, "--template", files.folder / "cut.html"}, wrong, {"cut.html is no template"});

  // Beside an installed program.
  std::filesystem::create_directories(files.folder / "prefix/bin");
  std::filesystem::create_directories(files.folder / "prefix/share/trilane");
  std::filesystem::copy_file(TRILANE_BINARY, files.folder / "prefix/bin/trilane");
  write_file(files.folder / "prefix/share/trilane/report.html", page_template);
  const std::string out = files.folder / "out.html";
  const std::string command = "'" + (files.folder / "prefix/bin/trilane") + "' report '" + good + "' -o '" + out + "'";
  BOOST_TEST(std::system(command.c_str()) == 0);  // NOLINT: paths of the test's own
  BOOST_TEST(data(read_file(out)).at("baselines").size() == 1U);

  // Where the build leaves it, if it was built.
  if (std::filesystem::exists(std::string(TRILANE_SOURCE) + "/build/report/report.html")) {
    BOOST_TEST(run_well({"report", good}).out.find(place + "{") != std::string::npos);
  } else {
    run_badly({"report", good}, wrong, {"build:report", "--template"});
  }
}

BOOST_AUTO_TEST_CASE(markdown) {
  const Files files;
  const std::string text =
      run_well({"report", committed("native"), committed("chromium"), "--format", "markdown", "--title", "Both <b>"})
          .out;
  BOOST_TEST(text.starts_with("# Both "), text.substr(0, 200));
  BOOST_TEST(text.find("<b>") == std::string::npos);
  for (const char* part : {"\n\n## native\n", "\n\n## chromium\n", "AMD EPYC", "quantize/i2_s/1024"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part);
  }
}

BOOST_AUTO_TEST_SUITE_END()
