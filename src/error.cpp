#include "trilane/error.hpp"

namespace trilane {

std::string_view name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::size_mismatch: return "size_mismatch";
    case ErrorCode::not_finite: return "not_finite";
    case ErrorCode::overflow: return "overflow";
    case ErrorCode::corrupt_data: return "corrupt_data";
    case ErrorCode::unsupported_arch: return "unsupported_arch";
    case ErrorCode::bad_file: return "bad_file";
    case ErrorCode::io: return "io";
  }
  return "unknown";
}

}  // namespace trilane
