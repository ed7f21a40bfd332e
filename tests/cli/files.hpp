#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "trilane/safetensors.hpp"

namespace trilane::test {

/// A folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  /// The names of what is in it, sorted.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::string path_;
};

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& content);

/// A tensor and its bytes.
struct Content {
  safetensors::Tensor tensor;
  std::string bytes;
};

Content f32_tensor(const std::string& name, std::vector<std::uint64_t> shape, const std::vector<float>& values);

/// The bytes of a safetensors file.
std::string safetensors_file(const std::vector<Content>& contents, const safetensors::Metadata& metadata = {});

/// A file by its header alone, right or wrong, and so many bytes of data.
std::string file_with_header(const std::string& header, std::size_t data = 0);

/// Reads a file of the test's own making.
safetensors::Reader reader_of(const std::string& content);

/// So many seeded weights.
std::vector<float> seeded(std::size_t count, std::uint64_t seed = 1);

/// The files that the repository carries: seeded weights of all kinds, and a network that reads digits.
std::string tiny();
std::string digits();

}  // namespace trilane::test
