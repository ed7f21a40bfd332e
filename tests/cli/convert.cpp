// quantize, dequantize and inspect on files that are right: the result is what the library makes, to the bit.

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "files.hpp"
#include "trilane/trilane.hpp"

using namespace trilane;
using namespace trilane::test;
using Json = nlohmann::json;
using safetensors::Reader;

namespace {

std::vector<float> floats_of(const Reader& reader, const std::string& name) {
  const safetensors::Tensor* tensor = reader.find(name);
  BOOST_REQUIRE_MESSAGE(tensor != nullptr, "no tensor " << name);
  std::vector<float> floats(tensor->elements());
  reader.read_f32(*tensor, 0, floats);
  return floats;
}

std::vector<std::uint8_t> bytes_of(const Reader& reader, const std::string& name) {
  const safetensors::Tensor* tensor = reader.find(name);
  BOOST_REQUIRE_MESSAGE(tensor != nullptr, "no tensor " << name);
  std::vector<std::uint8_t> bytes(tensor->size);
  reader.read(*tensor, 0, std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

void require_equal(std::span<const float> is, std::span<const float> wanted) {
  BOOST_REQUIRE_EQUAL(is.size(), wanted.size());
  BOOST_REQUIRE(std::memcmp(is.data(), wanted.data(), wanted.size_bytes()) == 0);
}

/// What quantize and then dequantize make of a file, tensor by tensor, against the library.
void check_file(const std::string& source, Format format, ScaleRule rule, Granularity granularity) {
  const TemporaryFolder folder;
  const std::string per(name(granularity));
  run_well({"quantize", source, "-o", folder / "q", "--format", std::string(name(format)), "--scale",
            std::string(name(rule)), "--per", per});
  run_well({"dequantize", folder / "q", "-o", folder / "d"});
  const Reader before = reader_of(read_file(source));
  const Reader quantized = reader_of(read_file(folder / "q"));
  const Reader after = reader_of(read_file(folder / "d"));
  const auto described = quantized_tensors(quantized);

  std::size_t taken = 0;
  for (const safetensors::Tensor& tensor : before.tensors()) {
    if (!is_quantizable(tensor)) {
      BOOST_TEST(bytes_of(quantized, tensor.name) == bytes_of(before, tensor.name), boost::test_tools::per_element());
      BOOST_TEST(bytes_of(after, tensor.name) == bytes_of(before, tensor.name), boost::test_tools::per_element());
      continue;
    }
    ++taken;
    const Shape shape = tensor.matrix();
    const std::vector<float> weights = floats_of(before, tensor.name);
    std::vector<std::uint8_t> codes(storage_bytes(format, shape));
    std::vector<float> scales(scale_count(granularity, shape));
    std::vector<float> restored(weights.size());
    quantize(weights, shape, format, {rule, granularity}, codes, scales);
    dequantize(codes, scales, shape, format, restored);
    BOOST_REQUIRE(bytes_of(quantized, tensor.name) == codes);
    require_equal(floats_of(quantized, safetensors::scale_name(tensor.name)), scales);
    require_equal(floats_of(after, tensor.name), restored);
    BOOST_TEST((after.find(tensor.name)->shape == tensor.shape));
    BOOST_TEST((described.at(tensor.name).dtype == tensor.dtype));
    BOOST_TEST((described.at(tensor.name).shape == tensor.shape));
  }
  BOOST_TEST(described.size() == taken);
  BOOST_TEST(after.tensors().size() == before.tensors().size());
  BOOST_TEST((after.metadata() == before.metadata()));
  run_well({"inspect", folder / "q"});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convert)

BOOST_AUTO_TEST_CASE(tiny_in_every_way) {
  for (const Format format : all_formats) {
    for (const ScaleRule rule : all_scale_rules) {
      for (const Granularity granularity : all_granularities) check_file(tiny(), format, rule, granularity);
    }
  }
}

BOOST_AUTO_TEST_CASE(trained_weights) {
  for (const Format format : all_formats) {
    for (const Granularity granularity : all_granularities) {
      check_file(digits(), format, ScaleRule::absmean, granularity);
    }
  }
}

// Trained weights have longer tails than Gaussian ones, which come to 6 dB.
BOOST_AUTO_TEST_CASE(quality_of_trained_weights) {
  const TemporaryFolder folder;
  const Reader before = reader_of(read_file(digits()));
  for (const Format format : all_formats) {
    const std::string option(name(format));
    run_well({"quantize", digits(), "-o", folder / "q", "--format", option});
    run_well({"dequantize", folder / "q", "-o", folder / "d"});
    const Reader after = reader_of(read_file(folder / "d"));
    for (const char* tensor : {"hidden1.weight", "hidden2.weight", "output.weight"}) {
      Quality quality;
      quality.add(floats_of(before, tensor), floats_of(after, tensor));
      BOOST_TEST_INFO_SCOPE(option << ' ' << tensor);
      BOOST_TEST(quality.snr_db() > 1);
      BOOST_TEST(quality.snr_db() < 6);
      BOOST_TEST(quality.zero_share() > 0.2);
      BOOST_TEST(quality.zero_share() < 0.5);
    }
  }
}

BOOST_AUTO_TEST_CASE(real_weights, *boost::unit_test::precondition([](auto) {
                       return std::filesystem::exists(std::string(TRILANE_SOURCE) +
                                                      "/../shared/data/silero-vad-v5.safetensors");
                     })) {
  const std::string source = std::string(TRILANE_SOURCE) + "/../shared/data/silero-vad-v5.safetensors";
  for (const Format format : all_formats) check_file(source, format, ScaleRule::absmean, Granularity::tensor);
}

BOOST_AUTO_TEST_CASE(include_and_exclude) {
  const TemporaryFolder folder;
  const auto taken = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"quantize", tiny(), "-o", folder / "q", "--format", "tl1"});
    run_well(options);
    std::vector<std::string> names;
    for (const auto& [name, _] : quantized_tensors(reader_of(read_file(folder / "q")))) names.push_back(name);
    return names;
  };
  using Names = std::vector<std::string>;
  BOOST_TEST((taken({}) == Names{"attention.weight", "conv.weight", "embedding.weight", "feed_forward.weight"}));
  BOOST_TEST((taken({"--include", "^(conv|embed)"}) == Names{"conv.weight", "embedding.weight"}));
  BOOST_TEST((taken({"--exclude", "n\\.weight"}) == Names{"conv.weight", "embedding.weight", "feed_forward.weight"}));
  BOOST_TEST((taken({"--include", "e", "--exclude", "^[ef]"}) == Names{"attention.weight", "conv.weight"}));
}

BOOST_AUTO_TEST_CASE(summary) {
  const TemporaryFolder folder;
  const std::string table = run_well({"quantize", tiny(), "-o", folder / "q", "--format", "tl2"}).out;
  for (const char* part :
       {"SNR", "cosine", "zeros", "bits/weight", "conv.weight", "16×4×3×3", "all of these", "file: "}) {
    BOOST_TEST(table.find(part) != std::string::npos, part << " is not in:\n" << table);
  }
  // 48 × 100 weights in TL2: two blocks of 20 bytes a row, and one scale.
  BOOST_TEST(table.find("3.207") != std::string::npos, table);
}

BOOST_AUTO_TEST_CASE(inspect_says_what_is_there) {
  const TemporaryFolder folder;
  // Codes + + - and zeros, by a mean of 5/8: one row has three quarters of zeros less one.
  write_file(folder / "x",
             safetensors_file({f32_tensor("w", {2, 4}, {1, -1, 0, 0, 3, 0, 0, 0}), f32_tensor("b", {1}, {7})},
                              {{"format", "pt"}}));
  run_well({"quantize", folder / "x", "-o", folder / "q", "--format", "i2_s", "--per", "row", "--scale", "absmax"});
  const Json json = Json::parse(run_well({"inspect", "--json", folder / "q"}).out);
  BOOST_TEST(json.at("bytes") == std::filesystem::file_size(folder / "q"));
  std::map<std::string, Json> tensors;
  for (const Json& tensor : json.at("tensors")) tensors[tensor.at("name")] = tensor;
  BOOST_TEST(tensors.size() == 3);
  BOOST_TEST(tensors.at("b").at("quantized").is_null());
  BOOST_TEST(tensors.at("w").at("shape") == Json({2, 32}));
  const Json& w = tensors.at("w").at("quantized");
  BOOST_TEST(w.at("format") == "i2_s");
  BOOST_TEST(w.at("scale") == "absmax");
  BOOST_TEST(w.at("per") == "row");
  BOOST_TEST(w.at("shape") == Json({2, 4}));
  BOOST_TEST(w.at("dtype") == "F32");
  BOOST_TEST(w.at("bits_per_weight") == 8.0 * (2 * 32 + 2 * 4) / 8);
  BOOST_TEST(w.at("zero_share") == 5.0 / 8);
  BOOST_TEST(w.at("scales").at("min") == 1);
  BOOST_TEST(w.at("scales").at("max") == 3);

  const std::string table = run_well({"inspect", folder / "q"}).out;
  for (const char* part : {"absmax per row", "F32 2×4", "i2_s", "1 … 3", "62"}) {
    BOOST_TEST(table.find(part) != std::string::npos, part << " is not in:\n" << table);
  }
  const Json plain = Json::parse(run_well({"inspect", "--json", folder / "x"}).out);
  BOOST_TEST(plain.at("tensors").size() == 2);
}

// One part of a model may hold no matrix, and a loop over the parts goes on.
BOOST_AUTO_TEST_CASE(nothing_to_convert) {
  const TemporaryFolder folder;
  const auto copied = [&](const std::string& command, std::vector<std::string> options, std::string_view note) {
    options.insert(options.begin(), {command, folder / "x", "-o", folder / "y"});
    const Ended ended = run_well(options);
    BOOST_TEST(ended.err.starts_with("trilane: " + (folder / "x") + " has no tensor "), ended.err);
    BOOST_TEST(ended.err.find(note) != std::string::npos, ended.err);
    BOOST_TEST(std::ranges::count(ended.err, '\n') == 1);
    BOOST_TEST(ended.out.starts_with("file: ") == (command == "quantize"), ended.out);
    BOOST_TEST((read_file(folder / "y") == read_file(folder / "x")));
  };
  for (const std::string& content :
       {safetensors_file({f32_tensor("b", {3}, {1, 2, 3})}, {{"format", "pt"}}), file_with_header("{}"),
        file_with_header(R"({"i":{"dtype":"I32","shape":[1,1],"data_offsets":[0,4]}})", 4),
        safetensors_file({f32_tensor("w", {0, 3}, {})})}) {
    write_file(folder / "x", content);
    copied("quantize", {"--format", "tl1"}, "F32, F16 or BF16 of at least two dimensions");
    copied("dequantize", {}, "that trilane quantized; it was copied");
  }
  write_file(folder / "x", read_file(tiny()));
  copied("quantize", {"--format", "i2_s", "--include", "nothing"}, "leaves out all 4");
  copied("quantize", {"--format", "i2_s", "--exclude", "weight"}, "leaves out all 4");
  copied("dequantize", {}, "it was copied");
  const Ended piped =
      run_well({"quantize", "-", "-o", "-", "--format", "tl1", "--exclude", ""}, {.input = read_file(tiny())});
  BOOST_TEST((piped.out == read_file(tiny())));
}

BOOST_AUTO_TEST_CASE(dtypes_of_other_tools) {
  const TemporaryFolder folder;
  const std::string header =
      R"({"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"c":{"dtype":"C64","shape":[1],"data_offsets":[8,16]},)"
      R"("f":{"dtype":"F4","shape":[2,3],"data_offsets":[16,19]},"n":{"dtype":"F9_NEW","shape":[3],"data_offsets":[19,20]}})";
  std::string content = file_with_header(header, 20);
  for (std::size_t i = 0; i < 12; ++i) content[content.size() - 12 + i] = static_cast<char>('a' + i);
  write_file(folder / "x", content);
  run_well({"quantize", folder / "x", "-o", folder / "q", "--format", "i2_s"});
  run_well({"dequantize", folder / "q", "-o", folder / "d"});
  const Reader before = reader_of(content);
  for (const char* file : {"q", "d"}) {
    const Reader after = reader_of(read_file(folder / file));
    for (const char* name : {"c", "f", "n"}) {
      BOOST_TEST(bytes_of(after, name) == bytes_of(before, name), boost::test_tools::per_element());
      BOOST_TEST(after.find(name)->dtype_name() == before.find(name)->dtype_name());
      BOOST_TEST((after.find(name)->shape == before.find(name)->shape));
    }
  }
  const std::string table = run_well({"inspect", folder / "q"}).out;
  BOOST_TEST(table.find("F9_NEW") != std::string::npos, table);
  const Json json = Json::parse(run_well({"inspect", "--json", folder / "x"}).out);
  BOOST_TEST(json.at("tensors").at(3).at("dtype") == "F9_NEW");
}

BOOST_AUTO_TEST_CASE(weights_that_are_ternary_already) {
  const TemporaryFolder folder;
  const auto summary = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"quantize", folder / "x", "-o", folder / "q", "--format", "tl2"});
    return run_well(options).out;
  };
  const auto restored = [&](const char* tensor) {
    run_well({"dequantize", folder / "q", "-o", folder / "d"});
    return floats_of(reader_of(read_file(folder / "d")), tensor);
  };
  const std::vector<float> per_tensor = {0.3F, 0, -0.3F, 0};
  const std::vector<float> per_row = {0.3F, 0, -0.7F, 0.7F};
  write_file(folder / "x",
             safetensors_file({f32_tensor("t", {2, 2}, per_tensor), f32_tensor("f", {2, 2}, {1, 2, 3, 4})}));
  std::string text = summary({});
  BOOST_TEST(text.find("1 tensor is ternary already: --scale absmax keeps such weights exactly\n") != std::string::npos,
             text);
  text = summary({"--scale", "absmax"});
  BOOST_TEST(text.find("ternary, kept exactly") != std::string::npos, text);
  BOOST_TEST(text.find("already") == std::string::npos, text);
  require_equal(restored("t"), per_tensor);
  text = run_well({"inspect", folder / "x"}).out;
  for (const char* part : {"ternary already  per tensor", "quantize --scale absmax keeps these weights exactly"}) {
    BOOST_TEST(text.find(part) != std::string::npos, text);
  }

  write_file(folder / "x", safetensors_file({f32_tensor("t", {2, 2}, per_tensor), f32_tensor("r", {2, 2}, per_row)}));
  text = summary({"--scale", "absmax"});
  BOOST_TEST(text.find("1 tensor is ternary already: --scale absmax --per row keeps") != std::string::npos, text);
  text = summary({"--scale", "absmax", "--per", "row"});
  BOOST_TEST(text.find("already") == std::string::npos, text);
  require_equal(restored("t"), per_tensor);
  require_equal(restored("r"), per_row);
  const Json json = Json::parse(run_well({"inspect", "--json", folder / "x"}).out);
  BOOST_TEST(json.at("tensors").at(0).at("ternary") == "row");
  BOOST_TEST(json.at("tensors").at(1).at("ternary") == "tensor");
  BOOST_TEST(run_well({"quantize", tiny(), "-o", folder / "q", "--format", "tl2"}).out.find("ternary") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_that_are_long) {
  const TemporaryFolder folder;
  const std::string name(1'000'000, 'a');
  write_file(folder / "x", safetensors_file({f32_tensor(name, {1, 2}, {1, 2}), f32_tensor("b", {1, 2}, {1, 2})}));
  run_well({"quantize", folder / "x", "-o", folder / "q", "--format", "tl1", "--include", "^[ab]*$"});
  run_badly({"quantize", folder / "x", "-o", folder / "r", "--format", "tl1", "--include", "(a|b)*c"}, 4,
            {"'(a|b)*c'", "too many steps"});
  run_badly({"quantize", folder / "x", "-o", folder / "r", "--format", "tl1", "--exclude", "(a*)*c"}, 4,
            {"'(a*)*c'", "too many steps"});
  BOOST_TEST((folder.names() == std::vector<std::string>{"q", "x"}));
}

BOOST_AUTO_TEST_CASE(through_pipes) {
  const TemporaryFolder folder;
  run_well({"quantize", tiny(), "-o", folder / "q", "--format", "tl2"});
  const std::string wanted = read_file(folder / "q");
  const Ended piped = run_well({"quantize", "-", "-o", "-", "--format", "tl2"}, {.input = read_file(tiny())});
  BOOST_TEST((piped.out == wanted));
  BOOST_TEST(piped.err.find("all of these") != std::string::npos);
  run_well({"dequantize", folder / "q", "-o", folder / "d"});
  BOOST_TEST((run_well({"dequantize", "-", "-o", "-"}, {.input = wanted}).out == read_file(folder / "d")));
  BOOST_TEST(run_well({"inspect", "-"}, {.input = wanted}).out == run_well({"inspect", folder / "q"}).out);
}

BOOST_AUTO_TEST_CASE(a_forced_arch_gives_the_same_file) {
  const TemporaryFolder folder;
  std::string first;
  for (const Arch& arch : archs()) {
    if (!arch.runnable()) continue;
    const std::string here = run_well({"quantize", tiny(), "-o", "-", "--format", "tl1"},
                                      {.environment = {std::string("TRILANE_ARCH=").append(arch.name())}})
                                 .out;
    if (first.empty()) first = here;
    BOOST_TEST((here == first), arch.name());
  }
}

// 40 tensors of 8 MB: the file is 320 MB, the memory a few tensors' worth.
BOOST_AUTO_TEST_CASE(memory_is_that_of_a_tensor) {
  constexpr std::size_t rows = 1024;
  constexpr std::size_t cols = 2048;
  constexpr std::size_t tensors = 40;
  const TemporaryFolder folder;
  {
    std::vector<safetensors::Tensor> described;
    for (std::size_t i = 0; i < tensors; ++i) {
      described.push_back({"w" + std::to_string(i), safetensors::Dtype::f32, {rows, cols}});
    }
    const safetensors::Layout layout = safetensors::lay_out(described, {});
    write_file(folder / "x", layout.header);
    std::filesystem::resize_file(folder / "x", layout.file_size);  // sparse, all zeros
  }
  const long base = run_well({"inspect", tiny()}).peak_bytes;
  constexpr long tensor = rows * cols * sizeof(float);
  const auto require_small = [&](const Ended& ended) {
    BOOST_TEST_MESSAGE("peak " << ended.peak_bytes << " over " << base);
    if (TRILANE_SANITIZED == 0) BOOST_TEST(ended.peak_bytes < base + tensor + tensor / 8 + 2'000'000);
  };
  require_small(run_well({"quantize", folder / "x", "-o", folder / "q", "--format", "i2_s"}));
  require_small(run_well({"dequantize", folder / "q", "-o", folder / "d"}));
  require_small(run_well({"inspect", folder / "q"}));
  BOOST_TEST(std::filesystem::file_size(folder / "d") == std::filesystem::file_size(folder / "x"));
}

BOOST_AUTO_TEST_SUITE_END()
