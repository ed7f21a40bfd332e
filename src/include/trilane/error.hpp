#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "trilane/api.h"

namespace trilane {

/// What kind of thing went wrong; the message of the Error says the rest.
enum class ErrorCode {
  invalid_argument,  ///< a value that no call accepts: zero rows, an unknown name, an unsafe pattern
  size_mismatch,     ///< a span whose length does not fit the shape
  not_finite,        ///< NaN or infinity among the weights
  overflow,          ///< a sum, a size or a product that its type cannot hold
  corrupt_data,      ///< storage that no quantizer writes
  unsupported_arch,  ///< an arch that this build has and this CPU lacks
  bad_file,          ///< a file whose content is not what its format says
  io,                ///< the system refused to read or write
};

/// The field's name of a code, as JavaScript and scripts see it: "not_finite".
TRILANE_API std::string_view name(ErrorCode code) noexcept;

/// Every error that trilane reports. The message names the offending value and its index.
class TRILANE_API Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace trilane
