// SPDX-License-Identifier: MIT
// The agent, the network, the clock and the key directory of the target `handshake`. The input
// controls them, and they check what a client promises. Each event is one or more bytes of the
// input; after the end of the input, all connections close without an answer.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <vector>

#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>

#include "fuzz.hpp"

namespace fuzz {

using arc_identity::agent_check;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::loopback_address;
using std::chrono::milliseconds;

inline bool same(const loopback_address& a, const loopback_address& b) {
  return a.is_ipv6 == b.is_ipv6 && a.port == b.port && std::memcmp(a.ipv4, b.ipv4, 4) == 0;
}

class agent {
 public:
  static constexpr std::string_view directory = "/keys";
  static constexpr std::string_view key_mark = "KEY`";
  static constexpr std::string_view token_mark = "TOKEN.8d20e6b4.part";

  explicit agent(input& bytes) : input_(bytes) {}

  // Transport
  io_result connect(const loopback_address& peer, milliseconds timeout) {
    count_call();
    require(timeout.count() > 0, "the timeout is positive");
    require(peer.is_ipv6 || peer.ipv4[0] == 127, "connections are only to loopback");
    require(!is_under_way_ || same(peer, peer_),
            "an unfinished connect is continued to the same peer");
    is_open_ = false;  // an earlier one
    constexpr io_status outcomes[] = {io_status::ok,        io_status::ok,     io_status::ok,
                                      io_status::refused,   io_status::failed, io_status::again,
                                      io_status::timed_out, io_status::busy};
    const io_status outcome = input_.pick(outcomes);
    pass_time(outcome, timeout);
    peer_ = peer;
    is_under_way_ = outcome == io_status::again;
    if (outcome == io_status::ok) {
      is_open_ = true;
      wire_.clear();
      pending_.clear();
      is_request_whole_ = is_trusted_ = was_trusted_ = may_get_key_ = is_challenged_ = false;
      ++connections_;
    }
    return {outcome, 0, outcome == io_status::ok ? 0 : 99};
  }

  arc_identity::peer_owner_result peer_owner(const loopback_address& peer,
                                             const arc_identity::file_owner& key_file) {
    require(is_open_ && same(peer, peer_), "the owner is looked up for the connected peer");
    require(check != agent_check::none, "the owner is not looked up without a check");
    require(!key_file.is_known || is_owner_known_,
            "the key file's owner is the one that the reader reported");
    using status = arc_identity::owner_status;
    constexpr status outcomes[] = {status::known, status::known, status::unknown, status::hidden,
                                   status::busy};
    const status outcome = input_.pick(outcomes);
    const unsigned user = input_.byte() % 4;  // the key file belongs to user 0
    const bool is_agent = input_.byte() % 2 == 0;
    const bool is_known = outcome == status::known;
    is_trusted_ = is_known && is_agent;
    const bool is_owner = is_known && key_file.is_known && user == 0;
    may_get_key_ = is_owner ||
                   (check == agent_check::owner &&
                    (outcome == status::unknown || (is_known && (is_agent || !key_file.is_known))));
    return {outcome, is_agent, user, is_known ? 0 : 96};
  }

  io_result send(std::string_view bytes, milliseconds timeout) {
    count_call();
    require(is_open_, "send() has a connection");
    require(timeout.count() > 0, "the timeout is positive");
    require(!bytes.empty(), "send() has bytes");
    const bool has_key = contains(bytes, "\r\nAuthorization: ");
    require(check != agent_check::strict || has_key || was_trusted_ || is_trusted_,
            "strict sends nothing to an unverified peer");
    was_trusted_ = was_trusted_ || is_trusted_;
    require(check == agent_check::none || !has_key || may_get_key_,
            "the key goes only to an allowed owner");
    check_request(wire_ + std::string(bytes));
    constexpr io_status outcomes[] = {io_status::ok,        io_status::ok,     io_status::ok,
                                      io_status::ok,        io_status::failed, io_status::again,
                                      io_status::timed_out, io_status::lost};
    const io_status outcome = input_.pick(outcomes);
    pass_time(outcome, timeout);
    if (outcome != io_status::ok) return {outcome, 0, 98};
    const std::size_t part = input_.byte();
    const std::size_t size = part == 0 ? bytes.size() : std::min(bytes.size(), part);
    wire_ += bytes.substr(0, size);
    is_request_whole_ = size == bytes.size();
    if (is_request_whole_) {
      is_key_used_ = is_key_used_ || contains(wire_, "Authorization");
      wire_.clear();
      answer_ = said_.size();
    }
    return {io_status::ok, size, 0};
  }

  io_result receive(arc_identity::mutable_buffer space, milliseconds timeout) {
    count_call();
    require(is_open_, "receive() has a connection");
    require(is_request_whole_, "receive() follows a whole request");
    require(timeout.count() > 0, "the timeout is positive");
    require(!space.empty(), "receive() has space");
    if (pending_.empty()) {
      const io_status outcome = act();
      pass_time(outcome, timeout);
      if (outcome != io_status::ok) return {outcome, 0, 97};
    }
    const std::size_t part = input_.byte();
    std::size_t size = std::min(pending_.size(), space.size());
    if (part != 0) size = std::min(size, part);
    std::memcpy(space.data(), pending_.data(), size);
    said_.append(pending_, 0, size);
    is_challenged_ = is_challenged_ || size != 0;
    pending_.erase(0, size);
    return {io_status::ok, size, 0};
  }

  void close() { is_open_ = is_under_way_ = false; }

  // KeyFileReader
  key_file_result read(const char* path, arc_identity::mutable_buffer space) {
    count_call();
    check_path(path);
    require(!space.empty(), "read() has space for a key");
    if (input_.byte() % 16 == 15) {
      const milliseconds time = std::chrono::seconds(input_.byte());
      key_time_ += time;
      advance(time);
    }
    constexpr key_file_result failures[] = {{key_file_status::not_found, 0, 2},
                                            {key_file_status::denied, 0, 13, nullptr, "Join"},
                                            {key_file_status::invalid, 0, 0, "a link"},
                                            {key_file_status::failed, 0, 5}};
    const unsigned choice = input_.byte() % 16;
    if (choice < 4) return failures[choice];
    ++reads_;
    std::string key(key_mark);
    key += "for-one-use-";  // keys of a few bytes are not searched for in messages
    key += std::to_string(reads_);
    if (choice == 4) key = text();
    if (choice == 5) key.assign(space.size(), 'k');
    if (choice == 6) key += "\r\n";
    key.resize(std::min(key.size(), space.size()));
    std::memcpy(space.data(), key.data(), key.size());
    while (!key.empty() && (key.back() == '\r' || key.back() == '\n')) key.pop_back();
    key_ = key;
    key_peer_ = peer_;
    key_connection_ = 0;
    is_key_used_ = false;
    is_owner_known_ = choice != 8;
    return {key_file_status::ok, choice == 7 ? SIZE_MAX : key.size(), 0, nullptr, nullptr,
            {0, is_owner_known_}};
  }

  // Clock
  milliseconds now() const { return milliseconds(1'000'000) + elapsed_; }
  std::chrono::seconds unix_time() {
    constexpr std::int64_t times[] = {1'790'000'000, 0, -1, INT64_MIN, INT64_MAX, 253402300799};
    return std::chrono::seconds(input_.pick(times));
  }
  void sleep_for(milliseconds time) {
    count_call();
    require(time.count() >= 0 && !is_open_, "a wait is not negative, and has no connection");
    advance(input_.byte() % 8 == 7 ? time / 2 : time);
  }

  bool is_open() const { return is_open_; }
  milliseconds elapsed() const { return elapsed_; }
  /// The time that reading key files took. It cannot be interrupted.
  milliseconds key_time() const { return key_time_; }
  bool has_repeated_key() const { return has_repeated_key_; }
  /// The agent's answer to the last request.
  std::string_view answer() const { return std::string_view(said_).substr(answer_); }

  agent_check check = agent_check::owner;

 private:
  void count_call() {
    require(++calls_ < 200'000, "the number of calls of the policies is bounded");
  }

  void advance(milliseconds time) { elapsed_ += time; }

  /// Advances the clock, but not beyond the call's time limit. `again` takes at least a
  /// millisecond.
  void pass_time(io_status outcome, milliseconds timeout) {
    constexpr std::int64_t times[] = {0, 0, 0, 1, 40, 900, 5'000, INT64_MAX};
    milliseconds time(input_.pick(times));
    if (outcome == io_status::again) time = std::max(time, milliseconds(1));
    if (outcome == io_status::timed_out) time = timeout;
    advance(std::min(time, timeout));
  }

  // --- What the client promises ---

  /// Checks a request, or its beginning: it has only expected lines and only the right key, which
  /// is sent once, to the agent that asked for it.
  void check_request(std::string_view request) {
    constexpr std::string_view names[] = {"Host: ", "User-Agent: ", "Metadata: true",
                                          "Authorization: Basic "};
    require(request.substr(0, 5) == "GET /", "the request is a GET");
    require(request.size() > 4 && request.substr(request.size() - 4) == "\r\n\r\n",
            "the request is complete");
    require(request.find("\r\n\r\n") == request.size() - 4, "there is only one request");
    std::string_view rest = request.substr(0, request.size() - 4);
    for (std::size_t i = 0; !rest.empty(); ++i) {
      const std::size_t end = std::min(rest.find("\r\n"), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 2, rest.size()));
      require(line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos,
              "a line has no line end or NUL in it");
      if (i == 0) continue;
      require(i <= std::size(names), "the request has no other field");
      const std::string_view name = names[i - 1];
      require(line.substr(0, name.size()) == name, "each field is expected");
      if (i == 4) check_key(line.substr(name.size()));
    }
  }

  void check_key(std::string_view sent) {
    require(!key_.empty() && sent == key_, "the key is the file's content");
    require(same(peer_, key_peer_), "the key goes to the peer that asked for it");
    require(!is_key_used_ && (key_connection_ == 0 || key_connection_ == connections_),
            "the key is sent once");
    key_connection_ = connections_;
  }

  void check_path(std::string_view path) {
    require(is_open_ && is_challenged_, "a key is read only after a challenge");
    is_challenged_ = false;
    require(path.substr(0, directory.size() + 1) == std::string(directory) + "/",
            "the path lies in the directory");
    const std::string_view name = path.substr(directory.size() + 1);
    require(!contains(name, "/") && !contains(name, "\\"), "the name has no separator");
    require(name.size() > 4 && name.substr(name.size() - 4) == ".key", "the name ends in .key");
    for (const char c : name) {
      require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "the name has no control byte");
    }
    require(contains(said_, path), "the agent named the path");
  }

  // --- What the agent does ---

  /// The result of the next `receive` if nothing is pending. Sets `pending_` to what the agent
  /// sends.
  io_status act() {
    switch (input_.byte() % 16) {
      case 0: return io_status::ok;  // It closes.
      case 1: return io_status::lost;
      case 2: return io_status::failed;
      case 3: return io_status::timed_out;
      case 4: return io_status::again;
      case 5: pending_ = text(); break;
      case 6: pending_ = "HTTP/1.1 100 Continue\r\n\r\n"; break;
      case 7: say(200, {}, text()); break;
      case 8: say_error(static_cast<int>(input_.byte()) * 3); break;
      case 9: say_error(error_status()); break;
      case 10: say_token(fields()); break;
      case 11: say_token({}); break;
      case 12: say(401, fields(), {}); break;
      default: say(401, "Www-Authenticate: Basic realm=" + path() + "\r\n", {}); break;
    }
    return io_status::ok;
  }

  /// Some bytes of the input, except the one that marks a key.
  std::string text() {
    const std::size_t size = input_.byte();
    std::string taken(input_.take(size));
    std::replace(taken.begin(), taken.end(), key_mark.back(), '.');
    return taken;
  }

  std::string path() {
    const unsigned choice = input_.byte();
    if (choice == 1) return text();
    const std::string name = choice == 2 ? text() : "4f1c9a52";
    const std::string whole = std::string(directory) + "/" + name + ".key";
    return choice == 3 ? "\"" + whole + "\"" : whole;
  }

  int error_status() {
    constexpr int statuses[] = {400, 403, 404, 408, 410, 429, 500, 503, 204, 302, 401};
    return input_.pick(statuses);
  }

  std::string fields() {
    switch (input_.byte() % 8) {
      case 1: return "Connection: close\r\n";
      case 2: return "Retry-After: " + std::to_string(input_.byte()) + "\r\n";
      case 3: return "Www-Authenticate: " + text() + "\r\n";
      case 4: return "Retry-After: " + text() + "\r\n";
      case 5: return "Content-Encoding: gzip\r\n";
      case 6: return text();
      default: return "";
    }
  }

  std::string error_body() {
    switch (input_.byte() % 5) {
      case 1: return R"({"error":"identity_not_found","error_description":"a\nb"})";
      case 2: return R"({"error":{"code":"c","message":"\u001b[31m"}})";
      case 3: return text();
      case 4: has_repeated_key_ = true; return R"({"message":"not accepted: )" + key_ + "\"}";
      default: return "";
    }
  }

  std::string token_body() {
    std::string body = R"({"access_token":")" + std::string(token_mark) + "\"";
    constexpr const char* expiries[] = {R"("expires_in":"3600")", R"("expires_on":1790003600)",
                                        R"("expires_on":"1")", R"("expires_in":86400)"};
    body += ",";
    body += input_.pick(expiries);
    constexpr const char* echoes[] = {"", R"(,"client_id":"the-id")", R"(,"object_id":"the-id")",
                                      R"(,"msi_res_id":"the-id")", R"(,"mi_res_id":"THE-ID")"};
    body += input_.pick(echoes);
    if (input_.byte() == 1) body += "," + text();
    return body + "}";
  }

  void say_error(int status) {
    const std::string head = fields();
    say(status, head, error_body());
  }

  void say_token(const std::string& fields) { say(200, fields, token_body()); }

  void say(int status, const std::string& fields, const std::string& body) {
    const unsigned form = input_.byte() % 8;
    pending_ = (form == 7 ? "HTTP/1.0 " : "HTTP/1.1 ") + std::to_string(status) + " R\r\n" + fields;
    if (form < 4) {
      pending_ += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else if (form < 6) {
      pending_ += "Transfer-Encoding: chunked\r\n\r\n" + in_chunks(body);
    } else {
      pending_ += "\r\n" + body;
    }
  }

  std::string in_chunks(std::string_view body) {
    const std::size_t size = input_.byte() % 15 + std::size_t{1};
    std::string framed;
    for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
      const std::string_view chunk = body.substr(0, size);
      framed += "0123456789abcdef"[chunk.size()];
      framed += "\r\n" + std::string(chunk) + "\r\n";
    }
    return framed + "0\r\n\r\n";
  }

  input& input_;
  std::size_t calls_ = 0;
  milliseconds elapsed_{0};
  milliseconds key_time_{0};

  bool is_open_ = false;
  bool is_under_way_ = false;
  bool is_trusted_ = false;
  bool was_trusted_ = false;  ///< when the connection was made
  bool is_owner_known_ = false;
  bool may_get_key_ = false;
  bool is_request_whole_ = false;  ///< whether the agent can answer
  bool is_challenged_ = false;     ///< whether the agent sent something after the last key
  loopback_address peer_{};
  std::size_t connections_ = 0;
  std::string wire_{};     ///< the bytes of the current request
  std::string pending_{};  ///< what the agent sent and the client has not received yet
  std::string said_{};
  std::size_t answer_ = 0;  ///< where the answer to the last request begins in `said_`

  std::string key_{};
  std::size_t reads_ = 0;
  loopback_address key_peer_{};
  std::size_t key_connection_ = 0;  ///< the connection that the key was sent on; 0: none yet
  bool is_key_used_ = false;        ///< whether the whole key was sent
  bool has_repeated_key_ = false;   ///< whether an error's message repeats the key
};

}  // namespace fuzz
