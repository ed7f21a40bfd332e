#include "native/http.hpp"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

#include "trilane/error.hpp"

// Of sockets alone: a library would bring TLS and compression for one plain request to a collector that is near.

namespace trilane::cli {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& reason) { throw Error(ErrorCode::io, reason); }

/// A connection that gives up at `deadline`.
class Connection {
 public:
  Connection(const HttpUrl& url, Clock::time_point deadline) : deadline_(deadline) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int status = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found); status != 0) {
      fail(url.host + ": " + gai_strerror(status));
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, &freeaddrinfo);
    int error = 0;
    for (const addrinfo* address = found; address != nullptr && socket_ < 0; address = address->ai_next) {
      error = try_to_connect(*address);
    }
    if (socket_ < 0) fail(std::strerror(error));
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(socket_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (!may_try_again(socket_, POLLOUT)) {
        fail(std::strerror(errno));
      }
    }
  }

  /// The head of what comes.
  std::string receive() {
    constexpr std::size_t enough = 1U << 16U;
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() < enough && text.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = recv(socket_, piece.data(), piece.size(), 0);
      if (got == 0) break;
      if (got > 0) {
        text.append(piece.data(), static_cast<std::size_t>(got));
      } else if (!may_try_again(socket_, POLLIN)) {
        if (text.empty()) fail(std::strerror(errno));
        break;
      }
    }
    return text;
  }

 private:
  /// 0, or why this address gives no connection.
  int try_to_connect(const addrinfo& address) {
    const int candidate = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (candidate < 0) return errno;
    int error = connect(candidate, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      errno = EAGAIN;
      socklen_t size = sizeof error;
      if (!may_try_again(candidate, POLLOUT) || getsockopt(candidate, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
        error = errno;
      }
    }
    if (error == 0) {
      socket_ = candidate;
    } else {
      close(candidate);
    }
    return error;
  }

  /// After a call that failed: waits until it may go well. If it will not, errno says why.
  [[nodiscard]] bool may_try_again(int file, short event) const {
    while (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
      pollfd wanted{file, event, 0};
      const int ready = left > 0 ? poll(&wanted, 1, static_cast<int>(left)) : 0;
      if (ready > 0) return true;
      if (ready == 0) errno = ETIMEDOUT;
    }
    return false;
  }

  Clock::time_point deadline_;
  int socket_ = -1;
};

/// Of "HTTP/1.1 200 OK"; 0 of anything else.
int status_code(std::string_view answer) {
  int code = 0;
  constexpr std::size_t at = std::string_view("HTTP/1.1 ").size();
  if (!answer.starts_with("HTTP/") || answer.size() < at + 3) return 0;
  std::from_chars(answer.data() + at, answer.data() + at + 3, code);
  return code;
}

}  // namespace

HttpUrl parse_http_url(const std::string& url) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::invalid_argument, "'" + url + "' " + why + "; wanted http://HOST[:PORT][/PATH]");
  };
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) refuse("does not begin with http://");
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; })) {
    refuse("has a space or a control character");
  }
  std::string_view rest = std::string_view(url).substr(scheme.size());
  HttpUrl parts;
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parts.path = rest.substr(slash);
  std::string_view authority = rest.substr(0, slash);
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) refuse("has no ]");
    parts.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
  } else {
    parts.host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(parts.host.size());
  }
  if (parts.host.empty() || parts.host.find('@') != std::string::npos) refuse("has no plain host");
  parts.port = authority.empty() ? "80" : authority.substr(1);
  int port = 0;
  const auto [end, error] = std::from_chars(parts.port.data(), parts.port.data() + parts.port.size(), port);
  if (error != std::errc() || end != parts.port.data() + parts.port.size() || port < 1 || port > 65535 ||
      (!authority.empty() && authority[0] != ':')) {
    refuse("has no port from 1 to 65535");
  }
  return parts;
}

int post_json(const HttpUrl& url, const std::string& body, std::chrono::milliseconds limit) {
  Connection connection(url, Clock::now() + limit);
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + url.host + "]" : url.host;
  connection.send("POST " + url.path + " HTTP/1.1\r\nHost: " + host + ":" + url.port +
                  "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\nConnection: close\r\n\r\n");
  connection.send(body);
  const int code = status_code(connection.receive());
  if (code == 0) fail("what answers there is no HTTP server");
  return code;
}

}  // namespace trilane::cli
