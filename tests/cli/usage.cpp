// What the binary says of itself, and wrong usage.

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <set>

#include "command.hpp"
#include "files.hpp"
#include "trilane/trilane.hpp"
#include "trilane/version.hpp"

using namespace trilane::test;
using Json = nlohmann::json;

namespace {

constexpr int wrong = 4;

}  // namespace

BOOST_AUTO_TEST_SUITE(usage)

BOOST_AUTO_TEST_CASE(help_everywhere) {
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{{},
                                                                                       {"quantize"},
                                                                                       {"dequantize"},
                                                                                       {"inspect"},
                                                                                       {"list"},
                                                                                       {"bench"},
                                                                                       {"compare"},
                                                                                       {"export"},
                                                                                       {"report"},
                                                                                       {"baseline"},
                                                                                       {"baseline", "save"},
                                                                                       {"baseline", "list"},
                                                                                       {"baseline", "summary"},
                                                                                       {"history"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("--help");
    const Ended ended = run_well(arguments);
    BOOST_TEST(ended.err.empty());
    BOOST_TEST(ended.out.find("Example") != std::string::npos, ended.out);
    BOOST_TEST(ended.out.find("\x1b[") == std::string::npos, ended.out);
  }
  const Ended nothing = run({});
  BOOST_TEST(nothing.status == wrong);
  BOOST_TEST(nothing.out.empty());
  BOOST_TEST(nothing.err == run_well({"--help"}).out);
}

BOOST_AUTO_TEST_CASE(version) {
  BOOST_TEST(run_well({"--version"}).out == "trilane " + std::string(trilane::version) + "\n");
}

BOOST_AUTO_TEST_CASE(wrong_arguments) {
  const TemporaryFolder folder;
  const std::string out = folder / "out";
  run_badly({"frobnicate"}, wrong, {"--help"});
  run_badly({"quantize"}, wrong, {"--help"});
  run_badly({"quantize", tiny(), "-o", out}, wrong, {"--format"});
  run_badly({"quantize", tiny(), "--format", "tl1"}, wrong, {"--output"});
  run_badly({"quantize", tiny(), "-o", out, "--format", "q4_0"}, wrong, {"q4_0", "i2_s"});
  run_badly({"quantize", tiny(), "-o", out, "--format", "tl1", "--scale", "rms"}, wrong, {"rms", "absmean"});
  run_badly({"quantize", tiny(), "-o", out, "--format", "tl1", "--per", "column"}, wrong, {"column", "row"});
  run_badly({"quantize", tiny(), "-o", out, "--format", "tl1", "--include", "("}, wrong, {"'('", "regular expression"});
  run_badly({"quantize", tiny(), "-o", out, "--format", "tl1", "--include", "(?i)w"}, wrong, {"(?i is not known"});
  run_badly({"quantize", tiny(), "-o", out, "--format", "tl1", "--bogus"}, wrong, {"--bogus"});
  run_badly({"bench", "--filter", "["}, wrong, {"'['"});
  run_badly({"bench", "--filter", "no_such_case"}, wrong, {"no_such_case"});
  run_badly({"bench", "--arch", "mmx"}, wrong, {"mmx", "scalar"});
  run_badly({"bench", "--weights", folder / "none"}, wrong, {"none"});
  run_badly({"compare", out, out}, wrong, {"out"});
  run_badly({"compare", "--format", "xml", out, out}, wrong, {"xml"});
  BOOST_TEST(folder.names().empty());
}

BOOST_AUTO_TEST_CASE(an_arch_from_the_environment) {
  run_badly({"quantize", tiny(), "-o", "-", "--format", "tl1"}, wrong, {"TRILANE_ARCH", "mmx"},
            {.environment = {"TRILANE_ARCH=mmx"}});
}

BOOST_AUTO_TEST_CASE(a_terminal_gets_what_it_can_show) {
  const TemporaryFolder folder;
  const auto shown = [&](std::vector<std::string> environment) {
    return run_on_terminal({"quantize", tiny(), "-o", folder / "out", "--format", "tl1"}, std::move(environment));
  };
  const std::string full = shown({"TERM=xterm", "NO_COLOR="});
  BOOST_TEST(full.find("\r\x1b[Kquantize 0 %") != std::string::npos, full);
  BOOST_TEST(full.find("\x1b[1mtensor") != std::string::npos, full);
  const std::string without_colour = shown({"TERM=xterm", "NO_COLOR=1"});
  BOOST_TEST(without_colour.find("\x1b[1m") == std::string::npos, without_colour);
  BOOST_TEST(without_colour.find("quantize 0 %") != std::string::npos, without_colour);
  const std::string dumb = shown({"TERM=dumb", "NO_COLOR="});
  BOOST_TEST(dumb.find('\x1b') == std::string::npos, dumb);
  BOOST_TEST(dumb.find("quantize 0 %") == std::string::npos, dumb);
  BOOST_TEST(dumb.starts_with("tensor "), dumb);
}

BOOST_AUTO_TEST_CASE(list) {
  const Json json = Json::parse(run_well({"list", "--json"}).out);
  BOOST_TEST(json.at("formats").size() == 3);
  BOOST_TEST(json.at("archs").size() == trilane::archs().size());
  std::set<std::string> cases;
  for (const Json& one : json.at("cases")) cases.insert(one.get<std::string>());
  BOOST_TEST(cases.size() == json.at("cases").size());
  for (const char* one :
       {"quantize/i2_s/1024", "pack/tl1/640x2560", "gemm/tl2/4096x4096x32", "model/bitnet-2b4t/tl2"}) {
    BOOST_TEST(cases.contains(one), one);
  }
  BOOST_TEST(json.at("archs")[0].at("name") == "scalar");
  BOOST_TEST(json.at("archs")[0].at("runnable") == true);
  const std::string text = run_well({"list"}).out;
  for (const char* part : {"tl2", "1.667", "scalar", "avx2", "dequantize/i2_s/65536"}) {
    BOOST_TEST(text.find(part) != std::string::npos, part << " is not in:\n" << text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
