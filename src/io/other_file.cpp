#include "other_file.hpp"

#include <algorithm>

namespace trilane::safetensors {

namespace {

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  const char* kind;
};

using namespace std::string_view_literals;

// Each function below returns what the file is, or nothing.

constexpr Magic magics[] = {
    {0, "GGUF"sv, "a GGUF file, the format of llama.cpp: give the model's .safetensors files"},
    {0, "lmgg"sv, "a file of an old ggml format: give the model's .safetensors files"},
    {0, "tjgg"sv, "a file of an old ggml format: give the model's .safetensors files"},
    {0, "\x93NUMPY"sv, "a NumPy array (.npy): save it in Python with safetensors.numpy.save_file"},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file, as Keras writes (.h5): save its weights as safetensors"},
    {4, "TFL3"sv, "a TensorFlow Lite model: save the weights that it was made of as safetensors"},
    {0, "\x1f\x8b"sv, "a gzip file: unpack it (gunzip)"},
    {0, "\x28\xb5\x2f\xfd"sv, "a Zstandard file: unpack it (unzstd)"},
    {0, "\xfd\x37zXZ\0"sv, "an xz file: unpack it (unxz)"},
    {0, "BZh"sv, "a bzip2 file: unpack it (bunzip2)"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive: unpack it"},
    {257, "ustar"sv, "a tar archive: unpack it (tar -xf)"},
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string archive(std::string_view beginning) {
  if (!beginning.starts_with("PK\x03\x04"sv) && !beginning.starts_with("PK\x05\x06"sv)) return "";
  // The first file's name stands near the beginning.
  if (has(beginning, "data.pkl")) {
    return "a PyTorch checkpoint (.pt, .bin): save its tensors in Python with safetensors.torch.save_file";
  }
  if (has(beginning, ".npy")) {
    return "a NumPy archive (.npz): save its arrays in Python with safetensors.numpy.save_file";
  }
  return "a zip archive: unpack it";
}

std::string pickle(std::string_view beginning) {
  const bool is = beginning.starts_with('\x80') && beginning[1] >= 2 && beginning[1] <= 5;
  if (!is) return "";
  return "a Python pickle, as of an old PyTorch checkpoint (.pt, .bin): save its tensors with "
         "safetensors.torch.save_file";
}

/// Field 1 is the version, a small number; then comes the producer's name, the graph or the operators' version.
std::string onnx(std::string_view beginning) {
  const bool is =
      beginning[0] == 8 && beginning[1] > 0 && beginning[1] < 32 && has("\x12\x3a\x42"sv, beginning.substr(2, 1));
  if (!is) return "";
  return "an ONNX model or another protobuf: save the weights that it was made of as safetensors";
}

std::string zeros(std::string_view beginning) {
  const bool is = beginning.size() >= 16 && std::ranges::all_of(beginning, [](char c) { return c == '\0'; });
  if (!is) return "";
  return "a file that begins with " + std::to_string(beginning.size()) +
         " zero bytes, as a download that did not end: download it again";
}

/// The text without a byte order mark; of UTF-16 the ASCII characters.
std::string plain(std::string_view beginning) {
  if (beginning.starts_with("\xef\xbb\xbf")) return std::string(beginning.substr(3));
  const bool utf16 = beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff");
  std::string text(beginning.substr(utf16 ? 2 : 0));
  if (utf16) std::erase(text, '\0');
  return text;
}

/// In lower case, from its first character that is not a space.
std::string trimmed(const std::string& text) {
  std::string lower = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::string pointer(const std::string& text) {
  const std::size_t at = text.find("\nsize ");
  std::string digits;
  if (at != std::string::npos) digits = text.substr(at + 6, text.find_first_not_of("0123456789", at + 6) - (at + 6));
  return "a git-lfs pointer, not the weights" + (digits.empty() ? "" : " of " + digits + " bytes") +
         ": fetch them with `git lfs pull`";
}

/// The first line of a text, as far as it is short.
std::string quoted(const std::string& text) {
  constexpr std::size_t max_shown = 60;
  const std::string line = text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
  return "'" + (line.size() <= max_shown ? line : line.substr(0, max_shown) + "…") + "'";
}

std::string text_file(std::string_view beginning) {
  const std::string text = plain(beginning);
  const std::string lower = trimmed(text);
  if (lower.starts_with("version https://git-lfs") || lower.starts_with("version https://hawser")) return pointer(text);
  if (lower.starts_with("<!doctype html") || lower.starts_with("<html")) {
    return "a web page (HTML), not weights: download the file itself; it may need a login";
  }
  if (lower.starts_with("<?xml")) return "an XML text, as a server's error message: download it again";
  if (lower.starts_with("{") && has(lower, "\"weight_map\"")) {
    return "the list of a model's parts (model.safetensors.index.json): give the .safetensors files that it names, one "
           "by one";
  }
  if (lower.starts_with("{") || lower.starts_with("[")) return "JSON, not weights: give a .safetensors file";
  const bool is_text = !lower.empty() && std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x7f || (byte < 0x20 && c != '\n' && c != '\r' && c != '\t');
  });
  if (is_text) return "a text, not weights: " + quoted(text);
  return "";
}

}  // namespace

std::string kind_of_other_file(std::string_view beginning) {
  if (beginning.size() < 8) return "";
  for (const Magic& magic : magics) {
    if (beginning.size() > magic.offset && beginning.substr(magic.offset).starts_with(magic.bytes)) return magic.kind;
  }
  for (const auto kind : {&archive, &pickle, &onnx, &zeros, &text_file}) {
    if (std::string found = kind(beginning); !found.empty()) return found;
  }
  return "";
}

}  // namespace trilane::safetensors
