#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trilane::safetensors {

/// The bytes of a file's beginning that tell its kind.
inline constexpr std::size_t kind_bytes = 4096;

/// Returns what a file that is not safetensors is, and what to do with it, as a sentence's end: "a gzip file: …". Empty if that is
/// not known. `beginning`: its first kind_bytes bytes, or all.
std::string kind_of_other_file(std::string_view beginning);

}  // namespace trilane::safetensors
