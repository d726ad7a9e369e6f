// SPDX-License-Identifier: MIT
// The minimum cost of an exchange: the eleven system calls that it needs, with texts prepared in
// advance. Nothing is checked, parsed or limited in time; anything unexpected ends the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

class bare_exchange {
 public:
  bare_exchange(std::uint16_t port, std::string key_path)
      : key_path_(std::move(key_path)),
        first_(
            "GET /metadata/identity/oauth2/token?api-version=2020-06-01"
            "&resource=https%3A%2F%2Fvault.azure.net HTTP/1.1\r\nHost: 127.0.0.1:" +
            std::to_string(port) + "\r\nUser-Agent: bare\r\nMetadata: true\r\n") {
    second_ = first_ + "Authorization: Basic ";
    key_at_ = second_.size();
    second_.resize(key_at_ + 4096);
    first_ += "\r\n";
    address_.sin_family = AF_INET;
    address_.sin_port = htons(port);
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }

  /// Afterwards `response` has the response with the token.
  void run() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(::connect(socket, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0);
    require(::send(socket, first_.data(), first_.size(), MSG_NOSIGNAL) > 0);
    require(::recv(socket, answer_, sizeof answer_, 0) > 0);
    const int file = ::open(key_path_.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    require(::fstat(file, &status) == 0);
    const ssize_t size = ::read(file, &second_[key_at_], static_cast<std::size_t>(status.st_size));
    require(size > 0);
    ::close(file);
    const std::size_t end = key_at_ + static_cast<std::size_t>(size);
    std::memcpy(&second_[end], "\r\n\r\n", 4);
    require(::send(socket, second_.data(), end + 4, MSG_NOSIGNAL) > 0);
    size_ = ::recv(socket, answer_, sizeof answer_, 0);
    require(size_ > 0);
    ::close(socket);
  }

  std::string_view response() const { return {answer_, static_cast<std::size_t>(size_)}; }

 private:
  static void require(bool holds) {
    if (!holds) std::abort();
  }

  std::string key_path_;
  std::string first_;
  std::string second_;
  std::size_t key_at_ = 0;
  sockaddr_in address_{};
  char answer_[16384];
  ssize_t size_ = 0;
};
