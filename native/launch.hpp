#pragma once

#include <functional>
#include <string>
#include <vector>

#include "native/child.hpp"

namespace trilane::cli {

/// The descriptor on which a launch finds the pipe for its progress, one line a step.
inline constexpr int progress_descriptor = Child::progress_descriptor;

/// Starts this very binary anew with these arguments, waits for its end and returns what it wrote to stdout. Each line that it
/// writes to progress_descriptor goes to `on_progress`. The process ends with this one. Throws ErrorCode::io if it cannot be
/// started or ends badly; `name` names it in the message, which holds the last line of its stderr.
std::string launch(const std::string& name, std::vector<std::string> arguments,
                   const std::function<void(const std::string&)>& on_progress);

}  // namespace trilane::cli
