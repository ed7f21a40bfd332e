// Input that is wrong: one line that says what, status 4, no output file and none half written.

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "command.hpp"
#include "files.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

constexpr int wrong = 4;

/// quantize, dequantize and inspect refuse this file; beside it nothing appears.
void require_refused(const std::string& content, std::initializer_list<std::string_view> parts) {
  const TemporaryFolder folder;
  const std::string path = folder / "x.safetensors";
  write_file(path, content);
  run_badly({"quantize", path, "-o", folder / "out", "--format", "tl2"}, wrong, parts);
  run_badly({"dequantize", path, "-o", folder / "out"}, wrong, parts);
  run_badly({"inspect", path}, wrong, parts);
  BOOST_TEST((folder.names() == std::vector<std::string>{"x.safetensors"}));
}

void require_not_quantized(const std::string& content, std::initializer_list<std::string_view> parts) {
  const TemporaryFolder folder;
  write_file(folder / "x.safetensors", content);
  write_file(folder / "out", "earlier");
  run_badly({"quantize", folder / "x.safetensors", "-o", folder / "out", "--format", "i2_s"}, wrong, parts);
  BOOST_TEST(read_file(folder / "out") == "earlier");
  BOOST_TEST(folder.names().size() == 2);
}

/// tiny, quantized, with one byte changed: the first that holds code 0 of a block, or another place.
std::string corrupted(std::size_t (*place)(const safetensors::Reader&), char value) {
  const TemporaryFolder folder;
  run_well({"quantize", tiny(), "-o", folder / "q", "--format", "i2_s"});
  std::string content = read_file(folder / "q");
  content[place(reader_of(content))] = value;
  return content;
}

void require_corrupt(const std::string& content, std::initializer_list<std::string_view> parts) {
  const TemporaryFolder folder;
  write_file(folder / "q.safetensors", content);
  run_badly({"dequantize", folder / "q.safetensors", "-o", folder / "out"}, wrong, parts);
  run_badly({"inspect", folder / "q.safetensors"}, wrong, parts);
  BOOST_TEST((folder.names() == std::vector<std::string>{"q.safetensors"}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(not_a_file) {
  const TemporaryFolder folder;
  for (const std::string command : {"quantize", "dequantize", "inspect"}) {
    const auto run_it = [&](const std::string& path, std::initializer_list<std::string_view> parts) {
      std::vector<std::string> arguments{command, path};
      if (command != "inspect") arguments.insert(arguments.end(), {"-o", folder / "out"});
      if (command == "quantize") arguments.insert(arguments.end(), {"--format", "tl1"});
      run_badly(arguments, wrong, parts);
    };
    run_it(folder / "missing", {"missing", "No such file"});
    run_it(folder.path(), {"directory"});
    run_it("-", {"standard input", "0 bytes"});
  }
  BOOST_TEST(folder.names().empty());
}

BOOST_AUTO_TEST_CASE(broken_files) {
  require_refused("", {"x.safetensors", "0 bytes"});
  require_refused("{}", {"2 bytes"});
  require_refused(std::string(7, '\0') + "\x80", {"9223372036854775808"});
  const std::string good = read_file(tiny());
  require_refused(good.substr(0, 100), {"cut off"});
  require_refused(good.substr(0, good.size() - 1), {"cut off: 1 of its", "bytes are missing"});
  require_refused(good + "x", {"1 bytes at the end"});
  require_refused(file_with_header(R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
      "b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}})",
                                   12),
                  {"'b' overlaps"});
  require_refused(file_with_header(R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}})", 4),
                  {"'a' lies outside"});
  require_refused(file_with_header(R"({"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},
      "a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})",
                                   4),
                  {"'a' stands twice"});
  require_refused(file_with_header(R"({"a":{"dtype":4,"shape":[1,1],"data_offsets":[0,4]}})", 4), {"is not a name"});
}

BOOST_AUTO_TEST_CASE(a_name_that_would_forge_output) {
  require_refused(
      file_with_header("{\"a\\nb\\u001b[31m\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4),
      {"'a\\x0ab\\x1b[31m' has 4 bytes"});
}

BOOST_AUTO_TEST_CASE(weights_that_are_not_finite) {
  const auto with = [](float value) {
    std::vector<float> weights = seeded(6 * 200);
    weights[3 * 200 + 7] = value;
    return safetensors_file({f32_tensor("fine", {2, 2}, {1, 2, 3, 4}), f32_tensor("w", {6, 10, 20}, weights)});
  };
  require_not_quantized(with(std::nanf("")), {"'w'", "NaN", "row 3, column 7"});
  require_not_quantized(with(std::numeric_limits<float>::infinity()), {"'w'", "infinite", "row 3, column 7"});
}

BOOST_AUTO_TEST_CASE(weights_whose_sum_overflows) {
  const std::vector<float> weights(1000, std::numeric_limits<float>::max());
  require_not_quantized(safetensors_file({f32_tensor("w", {10, 100}, weights)}), {"'w'", "overflow"});
}

BOOST_AUTO_TEST_CASE(other_files_than_weights) {
  require_refused("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123456\n",
                  {"x.safetensors", "git-lfs pointer", "123456 bytes", "`git lfs pull`"});
  require_refused("<!doctype html><html>", {"web page (HTML)"});
  require_refused(R"({"weight_map":{}})", {"list of a model's parts"});
  require_refused("PK\x03\x04" + std::string(40, '\0') + "archive/data.pkl", {"PyTorch checkpoint"});
}

BOOST_AUTO_TEST_CASE(a_scale_whose_name_is_taken) {
  require_not_quantized(safetensors_file({f32_tensor("w", {1, 2}, {1, 2}), f32_tensor("w.scale", {1}, {1})}),
                        {"x.safetensors", "'w.scale'", "--exclude"});
}

BOOST_AUTO_TEST_CASE(quantized_already) {
  const TemporaryFolder folder;
  run_well({"quantize", tiny(), "-o", folder / "q", "--format", "i2_s"});
  run_badly({"quantize", folder / "q", "-o", folder / "qq", "--format", "tl1"}, wrong, {"already"});
  BOOST_TEST((folder.names() == std::vector<std::string>{"q"}));
}

BOOST_AUTO_TEST_CASE(corrupt_codes_and_scales) {
  const auto code = [](const safetensors::Reader& reader) { return reader.find("conv.weight")->offset + 32 + 5; };
  require_corrupt(corrupted(code, '\xff'), {"'conv.weight'", "row 1", "block 0"});
  const auto scale = [](const safetensors::Reader& reader) { return reader.find("conv.weight.scale")->offset + 3; };
  require_corrupt(corrupted(scale, '\x7f'), {"'conv.weight'", "scale"});
  require_corrupt(corrupted(scale, '\xbf'), {"'conv.weight'", "scale"});
}

BOOST_AUTO_TEST_CASE(metadata_that_lies) {
  const TemporaryFolder folder;
  run_well({"quantize", tiny(), "-o", folder / "q", "--format", "i2_s"});
  std::string content = read_file(folder / "q");
  const std::size_t at = content.find("i2_s");
  content.replace(at, 4, "tl1 ");
  require_corrupt(content, {"tl1 "});
}

BOOST_AUTO_TEST_SUITE_END()
