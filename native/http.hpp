#pragma once

#include <chrono>
#include <string>

namespace trilane::cli {

/// Where a POST goes.
struct HttpUrl {
  std::string host;
  std::string port;
  std::string path;
};

/// Of "http://HOST[:PORT][/PATH]", with an IPv6 address in brackets. Throws invalid_argument in one line for anything else.
HttpUrl parse_http_url(const std::string& url);

/// POSTs a JSON text over a connection of its own and returns the answer's status code. Blocks for at most `limit`, the look-up
/// of the host's name apart. Throws ErrorCode::io, with the reason alone, if there is no answer.
int post_json(const HttpUrl& url, const std::string& body, std::chrono::milliseconds limit);

}  // namespace trilane::cli
