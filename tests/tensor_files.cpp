// Safetensors files in memory: what is read, what is written to the byte, and everything a hostile file could try.

#include "trilane/safetensors.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "support.hpp"

using namespace trilane;
using namespace trilane::test;
using safetensors::Dtype;
using safetensors::Layout;
using safetensors::Reader;

namespace {

std::string length_of(std::uint64_t header) {
  std::string text;
  for (unsigned shift = 0; shift < 64; shift += 8) text += static_cast<char>(header >> shift & 255U);
  return text;
}

/// A file of this header and `data` bytes of tensors.
std::string file_of(const std::string& header, std::size_t data = 0) {
  return length_of(header.size()) + header + std::string(data, '\1');
}

Reader open(const std::string& file) {
  const auto read = [file](std::uint64_t offset, std::span<std::byte> bytes) {
    BOOST_REQUIRE(offset <= file.size() && bytes.size() <= file.size() - offset);
    std::memcpy(bytes.data(), file.data() + offset, bytes.size());
  };
  return Reader(file.size(), read, "x.safetensors");
}

void require_bad(const std::string& file, std::string_view part) {
  require_error([&] { (void)open(file); }, ErrorCode::bad_file, {"x.safetensors", part}, part);
}

/// One tensor `a` of these fields, in a file with so many bytes of data.
void require_bad_tensor(const std::string& fields, std::size_t data, std::string_view part) {
  require_bad(file_of("{\"a\":{" + fields + "}}", data), part);
}

/// The file that a layout describes, its tensors filled with their index.
std::string content_of(const Layout& layout) {
  std::string file = layout.header;
  for (std::size_t i = 0; i < layout.tensors.size(); ++i) {
    file.append(static_cast<std::size_t>(layout.tensors[i].size), static_cast<char>(i));
  }
  BOOST_REQUIRE_EQUAL(file.size(), layout.file_size);
  return file;
}

std::vector<float> read_all(const Reader& reader, const char* tensor) {
  const safetensors::Tensor* found = reader.find(tensor);
  BOOST_REQUIRE(found != nullptr);
  std::vector<float> floats(static_cast<std::size_t>(found->elements()));
  reader.read_f32(*found, 0, floats);
  return floats;
}

/// All 65536 values of a 16-bit dtype, read as floats.
std::vector<float> all_16_bit_values(const char* dtype) {
  const std::string header =
      std::string("{\"a\":{\"dtype\":\"") + dtype + "\",\"shape\":[65536],\"data_offsets\":[0,131072]}}";
  std::string file = file_of(header);
  for (unsigned value = 0; value < 65536; ++value) {
    file += static_cast<char>(value & 255U);
    file += static_cast<char>(value >> 8U);
  }
  return read_all(open(file), "a");
}

bool same(float is, double wanted) {
  return std::isnan(wanted) ? std::isnan(is) : is == wanted && std::signbit(is) == std::signbit(wanted);
}

/// A file with a TL1 tensor `w` of 2 × 130, described by this metadata.
std::string quantized_file(const std::string& metadata) {
  return content_of(
      safetensors::lay_out({{"w", Dtype::u8, {2, 64}}, {"w.scale", Dtype::f32, {2}}, {"b", Dtype::f32, {3}}},
                           {{safetensors::metadata_key, metadata}}));
}

const std::string good =
    R"({"version":1,"tensors":{"w":{"format":"tl1","scale":"absmax","per":"row","shape":[2,13,10],"dtype":"BF16"}}})";

std::string good_with(const std::string& part, const std::string& other) {
  std::string text = good;
  BOOST_REQUIRE(text.find(part) != std::string::npos);
  return text.replace(text.find(part), part.size(), other);
}

void require_bad_metadata(const std::string& metadata, std::string_view part) {
  require_error([&] { (void)quantized_tensors(open(quantized_file(metadata))); }, ErrorCode::bad_file,
                {"x.safetensors", part}, part);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tensor_files)

BOOST_AUTO_TEST_CASE(reads_a_file_by_hand) {
  std::string file = file_of(
      R"({"b":{"dtype":"I64","shape":[],"data_offsets":[16,24]},"__metadata__":{"k":"v"},)"
      R"("a":{"dtype":"F32","shape":[2,1,2],"data_offsets":[0,16]},"none":{"dtype":"F16","shape":[0,3],"data_offsets":[16,16]}}  )");
  const float floats[] = {1, -2, 0.5F, 3};
  file.append(reinterpret_cast<const char*>(floats), sizeof floats);
  file.append(8, '\0');
  const Reader reader = open(file);

  BOOST_REQUIRE_EQUAL(reader.tensors().size(), 3);
  BOOST_TEST((reader.metadata() == safetensors::Metadata{{"k", "v"}}));
  BOOST_TEST(reader.source() == "x.safetensors");
  const safetensors::Tensor& a = *reader.find("a");
  BOOST_TEST((a.matrix() == Shape{2, 2}));
  BOOST_TEST(a.elements() == 4U);
  BOOST_TEST(is_quantizable(a));
  BOOST_TEST(!is_quantizable(*reader.find("b")));
  BOOST_TEST(!is_quantizable(*reader.find("none")));
  BOOST_TEST(reader.find("c") == nullptr);
  BOOST_TEST(read_all(reader, "a") == std::vector<float>(floats, floats + 4), boost::test_tools::per_element());
  float middle[2];
  reader.read_f32(a, 1, middle);
  BOOST_TEST(middle[0] == -2);
  BOOST_TEST(middle[1] == 0.5F);
}

BOOST_AUTO_TEST_CASE(reads_no_further_than_a_tensor) {
  const Reader reader = open(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
      "b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}})",
                                     12));
  std::byte bytes[4];
  float floats[2];
  require_error([&] { reader.read(*reader.find("a"), 5, bytes); }, ErrorCode::invalid_argument, {"'a'"});
  require_error([&] { reader.read(*reader.find("a"), ~std::uint64_t{0}, bytes); }, ErrorCode::invalid_argument,
                {"'a'"});
  require_error([&] { reader.read_f32(*reader.find("a"), 1, floats); }, ErrorCode::invalid_argument, {"'a'"});
  require_error([&] { reader.read_f32(*reader.find("b"), 0, floats); }, ErrorCode::invalid_argument, {"'b'", "U8"});
}

BOOST_AUTO_TEST_CASE(f16_is_widened_exactly) {
  const std::vector<float> floats = all_16_bit_values("F16");
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const double sign = bits >> 15U != 0 ? -1 : 1;
    const int exponent = static_cast<int>(bits >> 10U & 31U);
    const double mantissa = bits & 1023U;
    double wanted = sign * std::ldexp(exponent == 0 ? mantissa : mantissa + 1024, std::max(exponent, 1) - 25);
    if (exponent == 31) {
      wanted =
          mantissa == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    }
    BOOST_REQUIRE_MESSAGE(same(floats[bits], wanted), bits << ": " << floats[bits] << ", wanted " << wanted);
  }
}

BOOST_AUTO_TEST_CASE(bf16_is_widened_exactly) {
  const std::vector<float> floats = all_16_bit_values("BF16");
  for (unsigned bits = 0; bits < 65536; ++bits) {
    BOOST_REQUIRE_EQUAL(std::bit_cast<std::uint32_t>(floats[bits]), bits << 16U);
  }
}

BOOST_AUTO_TEST_CASE(no_file_at_all) {
  require_bad("", "0 bytes");
  require_bad("1234567", "7 bytes");
  require_bad(length_of(std::uint64_t{1} << 63U), "9223372036854775808 bytes long");
  require_bad(length_of(~std::uint64_t{0}) + "{}", "18446744073709551615 bytes long");
  require_bad(length_of(100'000'001) + "{}", "100000001 bytes long");
  require_bad(length_of(3) + "{}", "cut off");
  require_bad(length_of(0), "not JSON");
}

BOOST_AUTO_TEST_CASE(headers_that_are_none) {
  require_bad(file_of("{"), "not JSON");
  require_bad(file_of("{} x"), "not JSON");
  require_bad(file_of("{\"a\":\"\xff\"}"), "not JSON");
  require_bad(file_of("[]"), "not a JSON object");
  require_bad(file_of("7"), "not a JSON object");
  require_bad(file_of(std::string(100'000, '[')), "");
  require_bad(file_of("{\"a\":" + std::string(9, '[') + std::string(9, ']') + "}"), "nested too deeply");
  require_bad(file_of(R"({"a":1,"a":1})"), "'a' stands twice");
  require_bad(file_of(R"({"a":{"dtype":"U8","dtype":"U8"}})"), "'dtype' stands twice");
  require_bad(file_of(R"({"a":[]})"), "'a' is described by no object");
  require_bad(file_of(R"({"__metadata__":[]})"), "__metadata__ is not an object");
  require_bad(file_of(R"({"__metadata__":{"k":1}})"), "'k' is not a string");
}

BOOST_AUTO_TEST_CASE(tensors_that_are_none) {
  require_bad_tensor(R"("shape":[1],"data_offsets":[0,4])", 4, "no dtype");
  require_bad_tensor(R"("dtype":"F32","data_offsets":[0,4])", 4, "no shape");
  require_bad_tensor(R"("dtype":"F32","shape":[1])", 4, "no data_offsets");
  require_bad_tensor(R"("dtype":"F31","shape":[1],"data_offsets":[0,4])", 4, "unknown dtype \"F31\"");
  require_bad_tensor(R"("dtype":32,"shape":[1],"data_offsets":[0,4])", 4, "unknown dtype 32");
  require_bad_tensor(R"("dtype":"F32","shape":1,"data_offsets":[0,4])", 4, "the shape is not an array");
  require_bad_tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])", 4, "the shape holds -1");
  require_bad_tensor(R"("dtype":"F32","shape":[1.5],"data_offsets":[0,4])", 4, "the shape holds 1.5");
  require_bad_tensor(R"("dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4])", 4, "the shape holds");
  require_bad_tensor(R"("dtype":"F32","shape":["1"],"data_offsets":[0,4])", 4, "the shape holds");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0])", 4, "no begin and end");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,8])", 4, "no begin and end");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])", 4, "no begin and end");
  require_bad_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])", 4, "has 4 bytes; its shape and dtype need 8");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])", 3, "outside the file");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])", 5, "1 bytes at the end");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[1,5])", 5, "gap before tensor 'a'");
  require_bad_tensor(R"("dtype":"U8","shape":[1],"data_offsets":[18446744073709551614,18446744073709551615])", 1,
                     "outside the file");
  require_bad_tensor(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])", 0, "more bytes than any");
  require_bad_tensor(R"("dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0])", 0, "more bytes than any");
  require_bad(file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},
      "b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                      3),
              "'b' overlaps");
  require_bad(file_of(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},
      "b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}})",
                      5),
              "gap before tensor 'b'");
}

BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const std::string file = content_of(safetensors::lay_out(
      {{"a", Dtype::f32, {2, 3}}, {"b", Dtype::bf16, {5}}, {"c", Dtype::u8, {1}}}, {{"made", "by hand"}}));
  BOOST_TEST(open(file).tensors().size() == 3U);
  for (std::size_t size = 0; size < file.size(); ++size) require_bad(file.substr(0, size), "");
}

// Under the sanitizers: whatever a byte becomes, the file opens and reads, or there is an Error.
BOOST_AUTO_TEST_CASE(no_changed_byte_crashes) {
  const std::string file =
      content_of(safetensors::lay_out({{"a", Dtype::f32, {2, 3}}, {"b", Dtype::f16, {5, 1}}}, {{"k", "v"}}));
  const std::uint64_t header = open(file).find("a")->offset;
  for (std::size_t i = 0; i < header; ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = file;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ 1U << bit);
      try {
        const Reader reader = open(changed);
        (void)quantized_tensors(reader);
        for (const safetensors::Tensor& tensor : reader.tensors()) {
          std::vector<float> floats(static_cast<std::size_t>(tensor.elements()));
          if (is_weight(tensor.dtype)) reader.read_f32(tensor, 0, floats);
        }
      } catch (const Error&) {
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(writes_these_bytes) {
  const Layout layout = safetensors::lay_out(
      {{"x", Dtype::u8, {3}}, {"b", Dtype::f32, {2, 1}}, {"a\"", Dtype::f32, {1}}, {"n", Dtype::i64, {}}},
      {{"k", "v"}});
  const std::string json =
      R"({"__metadata__":{"k":"v"},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
      R"("a\"":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[2,1],"data_offsets":[12,20]},)"
      R"("x":{"dtype":"U8","shape":[3],"data_offsets":[20,23]}})";
  const std::string padded = json + std::string((8 - json.size() % 8) % 8, ' ');
  BOOST_TEST(layout.header == length_of(padded.size()) + padded);
  BOOST_TEST(layout.at("b").offset == layout.header.size() + 12);
  BOOST_TEST(layout.file_size == layout.header.size() + 23);
  require_error([&] { (void)layout.at("c"); }, ErrorCode::invalid_argument, {"'c'"});
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  std::vector<safetensors::Tensor> tensors;
  const safetensors::Metadata metadata = {{"", ""}, {"unicode ✓", "line\nbreak \"quoted\" \\"}};
  for (std::uint64_t i = 0; i < 3000; ++i) {
    tensors.push_back({"layer." + std::to_string(i), i % 2 == 0 ? Dtype::f32 : Dtype::bf16, {i % 5, i % 3 + 1}});
  }
  const Layout layout = safetensors::lay_out(tensors, metadata);
  const Reader reader = open(content_of(layout));
  BOOST_TEST((reader.metadata() == metadata));
  BOOST_REQUIRE_EQUAL(reader.tensors().size(), tensors.size());
  for (const safetensors::Tensor& wanted : tensors) {
    const safetensors::Tensor* is = reader.find(wanted.name);
    BOOST_REQUIRE(is != nullptr);
    BOOST_REQUIRE(is->shape == wanted.shape);
    BOOST_REQUIRE(is->dtype == wanted.dtype);
    BOOST_REQUIRE_EQUAL(is->offset, layout.at(wanted.name).offset);
  }
}

BOOST_AUTO_TEST_CASE(names_that_cannot_be_written) {
  const auto lay_out = [](std::vector<safetensors::Tensor> tensors) { (void)safetensors::lay_out(tensors, {}); };
  require_error(
      [&] {
        lay_out({{"a", Dtype::u8, {1}}, {"a", Dtype::f32, {1}}});
      },
      ErrorCode::invalid_argument, {"'a'", "twice"});
  require_error([&] { lay_out({{"__metadata__", Dtype::u8, {1}}}); }, ErrorCode::invalid_argument, {"__metadata__"});
  require_error([&] { lay_out({{"\xff", Dtype::u8, {1}}}); }, ErrorCode::invalid_argument, {"UTF-8"});
  require_error([&] { lay_out({{"a", Dtype::f64, {std::uint64_t{1} << 62U}}}); }, ErrorCode::overflow, {"'a'"});
}

BOOST_AUTO_TEST_CASE(a_matrix_larger_than_memory_is_an_error) {
  const safetensors::Tensor tensor{"a", Dtype::f16, {std::uint64_t{1} << 31U, std::uint64_t{1} << 31U}};
  require_error([&] { (void)tensor.matrix(); }, ErrorCode::overflow, {"memory"});
}

BOOST_AUTO_TEST_CASE(metadata_round_trip) {
  const safetensors::QuantizedTensors tensors = quantized_tensors(open(quantized_file(good)));
  BOOST_REQUIRE_EQUAL(tensors.size(), 1);
  const safetensors::Quantized& w = tensors.at("w");
  BOOST_TEST((w.format == Format::tl1));
  BOOST_TEST((w.rule == ScaleRule::absmax));
  BOOST_TEST((w.granularity == Granularity::row));
  BOOST_TEST((w.shape == std::vector<std::uint64_t>{2, 13, 10}));
  BOOST_TEST((w.matrix() == Shape{2, 130}));
  BOOST_TEST((w.dtype == Dtype::bf16));
  BOOST_TEST(to_metadata(tensors) == good);
}

BOOST_AUTO_TEST_CASE(a_file_without_metadata_has_none) {
  const std::string file = content_of(safetensors::lay_out({{"w", Dtype::u8, {2, 64}}}, {{"format", "pt"}}));
  BOOST_TEST(quantized_tensors(open(file)).empty());
}

BOOST_AUTO_TEST_CASE(metadata_that_is_refused) {
  require_bad_metadata("", "not JSON");
  require_bad_metadata("[]", "version");
  require_bad_metadata(good_with("\"version\":1", "\"version\":2"), "newer trilane");
  require_bad_metadata(R"({"version":1})", "no tensors");
  require_bad_metadata(R"({"version":1,"tensors":[]})", "no tensors");
  require_bad_metadata(good_with("tl1", "tl3"), "tl3");
  require_bad_metadata(good_with("absmax", "mean"), "mean");
  require_bad_metadata(good_with("\"row\"", "\"column\""), "column");
  require_bad_metadata(good_with("\"row\"", "7"), "wrong type");
  require_bad_metadata(good_with("\"per\":\"row\",", ""), "lacks a field");
  require_bad_metadata(good_with("BF16", "U8"), "dtype");
  require_bad_metadata(good_with("[2,13,10]", "[2,-13,10]"), "whole numbers");
  require_bad_metadata(good_with("[2,13,10]", "[260]"), "cannot be quantized");
  require_bad_metadata(good_with("[2,13,10]", "[2,0]"), "cannot be quantized");
  require_bad_metadata(good_with("[2,13,10]", "[4294967296,4294967296]"), "cannot be quantized");
  require_bad_metadata(good_with("[2,13,10]", "[2,129,10]"), "should be U8 [2, 352]");
  require_bad_metadata(good_with("tl1", "tl2"), "should be U8 [2, 40]");
  require_bad_metadata(good_with("\"row\"", "\"tensor\""), "F32 [1]");
  require_bad_metadata(good_with("\"w\"", "\"v\""), "'v'");
  require_bad_metadata(good_with("\"w\"", "\"b\""), "'b'");
}

BOOST_AUTO_TEST_SUITE_END()
