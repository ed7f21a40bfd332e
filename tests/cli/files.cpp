#include "files.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "bench/seeded_weights.hpp"

namespace trilane::test {

TemporaryFolder::TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "trilane-test-XXXXXX").string()) {
  BOOST_REQUIRE(mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryFolder::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(file, "cannot read " << path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::filesystem::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content << std::flush;
  BOOST_REQUIRE_MESSAGE(file, "cannot write " << path);
}

Content f32_tensor(const std::string& name, std::vector<std::uint64_t> shape, const std::vector<float>& values) {
  return {{name, safetensors::Dtype::f32, std::move(shape)},
          {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)}};
}

std::string safetensors_file(const std::vector<Content>& contents, const safetensors::Metadata& metadata) {
  std::vector<safetensors::Tensor> tensors;
  for (const Content& content : contents) tensors.push_back(content.tensor);
  const safetensors::Layout layout = safetensors::lay_out(tensors, metadata);
  std::string file = layout.header;
  file.resize(layout.file_size);
  for (const Content& content : contents) {
    BOOST_REQUIRE_EQUAL(layout.at(content.tensor.name).size, content.bytes.size());
    std::ranges::copy(content.bytes, file.begin() + static_cast<std::ptrdiff_t>(layout.at(content.tensor.name).offset));
  }
  return file;
}

std::string file_with_header(const std::string& header, std::size_t data) {
  std::string file;
  for (unsigned shift = 0; shift < 64; shift += 8) file += static_cast<char>(header.size() >> shift & 255U);
  return file + header + std::string(data, '\0');
}

safetensors::Reader reader_of(const std::string& content) {
  const auto read = [content](std::uint64_t offset, std::span<std::byte> bytes) {
    std::memcpy(bytes.data(), content.data() + offset, bytes.size());
  };
  return {content.size(), read, "the result"};
}

std::vector<float> seeded(std::size_t count, std::uint64_t seed) {
  std::vector<float> weights(count);
  bench::fill_seeded(weights, seed);
  return weights;
}

std::string tiny() { return std::string(TRILANE_SOURCE) + "/tests/data/tiny.safetensors"; }

std::string digits() { return std::string(TRILANE_SOURCE) + "/tests/data/digits.safetensors"; }

}  // namespace trilane::test
