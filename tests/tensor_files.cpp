// Safetensors files in memory: what is read, what is written to the byte, and everything a hostile file could try.

#include "trilane/conversion.hpp"

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

// What is given in place of weights is called what it is, with what to do.
BOOST_AUTO_TEST_CASE(other_kinds_of_files) {
  const auto padded = [](std::string text) { return text + std::string(64, '\1'); };
  require_bad("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123456\n",
              "a git-lfs pointer, not the weights of 123456 bytes: fetch them with `git lfs pull`");
  require_bad("\n <!DOCTYPE html><html><head>", "a web page (HTML), not weights: download the file itself");
  require_bad("<HTML lang=\"en\">", "a web page (HTML)");
  require_bad("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>", "an XML text");
  const std::string index = R"({"metadata":{"total_size":1},"weight_map":{"a":"model-00001-of-00002.safetensors"}})";
  require_bad(index, "the list of a model's parts (model.safetensors.index.json): give the .safetensors files");
  require_bad("\xef\xbb\xbf" + index, "the list of a model's parts");
  std::string wide = "\xff\xfe";
  for (const char c : index) (wide += c) += '\0';
  require_bad(wide, "the list of a model's parts");
  require_bad(R"({"architectures":["LlamaForCausalLM"]})", "JSON, not weights");
  require_bad("Entry not found", "a text, not weights: 'Entry not found'");
  const std::string zip = "PK\x03\x04" + std::string(26, '\0');
  require_bad(zip + "archive/data.pkl", "a PyTorch checkpoint (.pt, .bin): save its tensors");
  require_bad(zip + "weight.npy", "a NumPy archive (.npz)");
  require_bad(zip + "readme", "a zip archive: unpack it");
  require_bad(std::string("PK\x05\x06") + std::string(18, '\0'), "a zip archive");
  require_bad(padded("GGUF\3"), "a GGUF file, the format of llama.cpp");
  require_bad(padded("tjgg"), "an old ggml format");
  require_bad(padded("\x1f\x8b\b"), "a gzip file: unpack it");
  require_bad(padded("\x28\xb5\x2f\xfd"), "a Zstandard file");
  require_bad(padded(std::string("\xfd\x37zXZ\0", 6)), "an xz file");
  require_bad(padded("BZh9"), "a bzip2 file");
  require_bad(padded("7z\xbc\xaf\x27\x1c"), "a 7z archive");
  require_bad(padded(std::string(257, '\1') + "ustar"), "a tar archive");
  require_bad(padded("\x80\2\x8a\nl\xfc\x9c"), "a Python pickle");
  require_bad(padded("\b\7\x12\7pytorch"), "an ONNX model");
  require_bad(padded("\x93NUMPY\1"), "a NumPy array (.npy)");
  require_bad(padded("\x89HDF\r\n\x1a\n"), "an HDF5 file");
  require_bad(padded("\x1c\1\1\1TFL3"), "a TensorFlow Lite model");
  require_bad(std::string(8192, '\0'), "begins with 4096 zero bytes, as a download that did not end");
}

// The length of a header may be the beginning of another kind.
BOOST_AUTO_TEST_CASE(headers_that_look_like_other_kinds) {
  const std::string tensor = R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  const std::string pickle = tensor + std::string(0x0280 - tensor.size(), ' ');
  BOOST_TEST(open(file_of(pickle, 1)).tensors().size() == 1U);
  require_bad(file_of(pickle, 1).substr(0, 600), "cut off: the header has 640 bytes");
  require_bad(file_of(pickle), "cut off: 1 of its 649 bytes are missing");
}

BOOST_AUTO_TEST_CASE(headers_of_another_encoding) {
  const std::string text = R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})";
  std::string wide = "\xff\xfe";
  for (const char c : text) (wide += c) += '\0';
  require_bad(file_of(wide), "the header is UTF-16, not UTF-8");
  BOOST_TEST(open(file_of("\xef\xbb\xbf" + text)).tensors().size() == 1U);
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
  require_bad_tensor(R"("dtype":32,"shape":[1],"data_offsets":[0,4])", 4, "the dtype 32 is not a name");
  require_bad_tensor(R"("dtype":"F4","shape":[3],"data_offsets":[0,2])", 2, "4 bits do not fill whole bytes");
  require_bad_tensor(R"("dtype":"F4","shape":[4],"data_offsets":[0,4])", 4, "need 2");
  require_bad_tensor(R"("dtype":"F6_E3M2","shape":[2,2],"data_offsets":[0,4])", 4, "need 3");
  require_bad_tensor(R"("dtype":"F31","shape":[4294967296,4294967296],"data_offsets":[0,4])", 4, "more bytes than any");
  require_bad_tensor(R"("dtype":"F32","shape":1,"data_offsets":[0,4])", 4, "the shape is not an array");
  require_bad_tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])", 4, "the shape holds -1");
  require_bad_tensor(R"("dtype":"F32","shape":[1.5],"data_offsets":[0,4])", 4, "the shape holds 1.5");
  require_bad_tensor(R"("dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4])", 4, "the shape holds");
  require_bad_tensor(R"("dtype":"F32","shape":["1"],"data_offsets":[0,4])", 4, "the shape holds");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0])", 4, "no begin and end");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,8])", 4, "no begin and end");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[4,0])", 4, "no begin and end");
  require_bad_tensor(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])", 4, "has 4 bytes; its shape and dtype need 8");
  require_bad_tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4])", 3,
                     "cut off: 1 of its 66 bytes are missing, so tensor 'a' lies outside the file");
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

// A tensor of another's own or newer dtype has the bytes that its offsets say.
BOOST_AUTO_TEST_CASE(unknown_dtypes_are_kept) {
  const std::string file = file_of(
      R"({"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"new":{"dtype":"F7_X","shape":[3,1],"data_offsets":[8,10]}})",
      10);
  const Reader reader = open(file);
  const safetensors::Tensor& tensor = *reader.find("new");
  BOOST_TEST((tensor.dtype == Dtype::other));
  BOOST_TEST(tensor.dtype_name() == "F7_X");
  BOOST_TEST(tensor.elements() == 3U);
  BOOST_TEST(tensor.size == 2U);
  BOOST_TEST(!is_quantizable(tensor));
  float floats[1];
  require_error([&] { reader.read_f32(tensor, 0, floats); }, ErrorCode::invalid_argument, {"'new'", "F7_X"});

  const Layout layout = safetensors::lay_out(reader.tensors(), {});
  BOOST_TEST(layout.header.find(R"("new":{"dtype":"F7_X","shape":[3,1],"data_offsets":[8,10]})") != std::string::npos);
  BOOST_TEST(open(content_of(layout)).find("new")->dtype_name() == "F7_X");
}

BOOST_AUTO_TEST_CASE(elements_of_less_than_a_byte) {
  const Reader reader = open(file_of(R"({"a":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]},
      "b":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[3,6]},"c":{"dtype":"F6_E3M2","shape":[8],"data_offsets":[6,12]},
      "d":{"dtype":"F8_E8M0","shape":[2],"data_offsets":[12,14]},"e":{"dtype":"C64","shape":[1],"data_offsets":[14,22]}})",
                                     22));
  BOOST_TEST(reader.find("a")->elements() == 6U);
  BOOST_TEST(reader.find("b")->elements() == 4U);
  BOOST_TEST((reader.find("c")->dtype == Dtype::f6_e3m2));
  BOOST_TEST((reader.find("d")->dtype == Dtype::f8_e8m0));
  BOOST_TEST((reader.find("e")->dtype == Dtype::c64));
  require_error(
      [] {
        (void)safetensors::lay_out({{"a", Dtype::f4, {3}}}, {});
      },
      ErrorCode::invalid_argument, {"'a'", "whole bytes"});
}

// Each tensor begins at a multiple of its elements, also behind one of an unknown dtype.
BOOST_AUTO_TEST_CASE(unknown_dtypes_take_their_place) {
  const auto unknown = [](const char* name, std::uint64_t elements, std::uint64_t size) {
    return safetensors::Tensor{name, Dtype::other, {elements}, 0, size, "X"};
  };
  const Layout layout = safetensors::lay_out({{"f32", Dtype::f32, {1}},
                                              {"f64", Dtype::f64, {1}},
                                              {"u8", Dtype::u8, {1}},
                                              unknown("of_16", 1, 16),
                                              unknown("of_2", 3, 6),
                                              unknown("of_3", 1, 3),
                                              unknown("of_half", 2, 1),
                                              unknown("empty", 0, 0)},
                                             {});
  std::vector<std::string> names;
  for (const safetensors::Tensor& tensor : layout.tensors) names.push_back(tensor.name);
  const std::vector<std::string> wanted = {"of_16", "f64", "f32", "of_2", "u8", "empty", "of_3", "of_half"};
  BOOST_TEST(names == wanted, boost::test_tools::per_element());
}

// A file with nothing to do is not written anew.
BOOST_AUTO_TEST_CASE(nothing_to_convert_is_copied) {
  const std::string file = file_of(R"({ "b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},)"
                                   R"("a":{"dtype":"X","shape":[7],"data_offsets":[0,1]},"__metadata__":{"k":"v"}})",
                                   5);
  const Reader reader = open(file);
  std::string copy(file.size(), '\0');
  const auto write = [&](std::uint64_t offset, std::span<const std::byte> bytes) {
    std::memcpy(copy.data() + offset, bytes.data(), bytes.size());
  };
  const auto quantized = plan_quantized(reader, Format::tl1, {}, [](const safetensors::Tensor&) { return true; });
  BOOST_TEST(quantized.quantized.empty());
  BOOST_REQUIRE(quantized.layout.file_size == file.size());
  BOOST_TEST(quantized.layout.header + file.substr(file.size() - 5) == file);
  for (const safetensors::Tensor& tensor : reader.tensors()) quantize_tensor(reader, tensor, quantized, write);
  copy.replace(0, quantized.layout.header.size(), quantized.layout.header);
  BOOST_TEST(copy == file);

  const auto dequantized = plan_dequantized(reader);
  BOOST_TEST(dequantized.quantized.empty());
  BOOST_TEST(dequantized.layout.header == quantized.layout.header);
  BOOST_TEST(dequantized.layout.at("b").offset == file.size() - 4);
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

BOOST_AUTO_TEST_CASE(weights_that_are_ternary_already) {
  const auto granularity = [](std::vector<std::uint64_t> shape, std::vector<float> weights) {
    const Layout layout = safetensors::lay_out({{"w", Dtype::f32, std::move(shape)}}, {});
    const Reader reader = open(
        layout.header + std::string(reinterpret_cast<const char*>(weights.data()), weights.size() * sizeof(float)));
    return ternary_granularity(reader, *reader.find("w"));
  };
  BOOST_TEST((granularity({2, 3}, {0.5F, -0.5F, 0, 0, 0.5F, -0.0F}) == Granularity::tensor));
  BOOST_TEST((granularity({2, 2}, {1, -1, 2, 0}) == Granularity::row));
  BOOST_TEST((granularity({2, 2}, {0, 0, 2, -2}) == Granularity::tensor));
  BOOST_TEST(!granularity({2, 2}, {1, 1, 1, 2}));
  BOOST_TEST(!granularity({2, 2}, {0, 0, 0, 0}));
  BOOST_TEST(!granularity({3, 1}, {1, 2, 3}));
  BOOST_TEST(!granularity({1, 2}, {1, std::nanf("")}));
  BOOST_TEST(!granularity({1, 2}, {std::numeric_limits<float>::infinity(), 0}));
  std::vector<float> long_row(40000, -3);  // more than is read at a time
  BOOST_TEST((granularity({1, 40000}, long_row) == Granularity::tensor));
  long_row.back() = 2;
  BOOST_TEST(!granularity({1, 40000}, long_row));
}

BOOST_AUTO_TEST_CASE(scales_whose_name_is_taken) {
  const Reader reader = open(file_of(R"({"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},
      "w.scale":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                                     8));
  require_error(
      [&] { (void)plan_quantized(reader, Format::i2_s, {}, [](const safetensors::Tensor&) { return true; }); },
      ErrorCode::bad_file, {"x.safetensors", "'w'", "'w.scale'", "--exclude"});
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
