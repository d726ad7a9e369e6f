// SPDX-License-Identifier: MIT

#include "serve/serve_command.hpp"

#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arc_identity/credential.hpp>

#include "exit_code.hpp"
#include "posix/child_command.hpp"
#include "posix/command_variables.hpp"
#include "serve/access_rules.hpp"
#include "serve/client_origin.hpp"
#include "serve/env_file.hpp"
#include "serve/http_server.hpp"
#include "serve/refusal_log.hpp"
#include "serve/serve_options.hpp"
#include "serve/service_manager.hpp"
#include "terminal_text.hpp"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): it is not ours.
extern char** environ;  // POSIX leaves the declaration to the program.

namespace arc_identity_cli {
namespace {

/// An error before serving starts, with its exit code.
struct cannot_serve : std::runtime_error {
  cannot_serve(const std::string& message, int exit_code)
      : std::runtime_error(message), code(exit_code) {}
  int code;
};

/// Owns a listening socket.
class listener {
 public:
  explicit listener(const socket_address& address)
      : socket_(
            ::socket(address.ip.is_ipv4() ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int yes = 1;
    sockaddr_storage name{};
    const socklen_t size = to_system(address, name);
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    // Otherwise an IPv6 socket would also accept IPv4 connections.
    if (!address.ip.is_ipv4()) {
      ::setsockopt(socket_, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    }
    if (socket_ < 0 || ::bind(socket_, reinterpret_cast<sockaddr*>(&name), size) != 0 ||
        ::listen(socket_, 1024) != 0) {
      const int failure = errno;
      if (socket_ >= 0) ::close(socket_);
      throw cannot_serve(
          "cannot listen on " + text_of(address) + ": " + std::generic_category().message(failure),
          exit_failed);
    }
  }
  ~listener() { ::close(socket_); }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  int socket() const { return socket_; }

  socket_address address() const {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&name), &size);
    return from_system(name);
  }

 private:
  const int socket_;
};

/// A random text of 256 bits, for the secret header.
std::string random_header() {
  unsigned char bytes[32];
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes)) {
    throw cannot_serve("the system provides no random numbers", exit_failed);
  }
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

bool is_header(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A user or group, by name or number.
template <class Record, class Id>
Id id_of(const std::string& name, const char* kind, const Record* record, Id Record::*number) {
  if (record != nullptr) return record->*number;
  Id id = 0;
  const char* const end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, id);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    throw cannot_serve("there is no " + std::string(kind) + ' ' + name + " on this machine",
                       exit_usage);
  }
  return id;
}

// NOLINTBEGIN(concurrency-mt-unsafe): there is only one thread yet.
access_rules rules_of(const serve_command_options& options) {
  access_rules rules;
  rules.has_secret = options.protocol == serve_protocol::app_service;
  for (const std::string& name : options.users) {
    rules.users.push_back(id_of(name, "user", ::getpwnam(name.c_str()), &passwd::pw_uid));
  }
  for (const std::string& network : options.networks) {
    rules.networks.push_back(*parse_network(network));
  }
  rules.resources = options.resources;
  rules.client_ids = options.client_ids;
  return rules;
}

std::optional<gid_t> group_of(const serve_command_options& options) {
  if (options.group.empty()) return std::nullopt;
  return id_of(options.group, "group", ::getgrnam(options.group.c_str()), &group::gr_gid);
}
// NOLINTEND(concurrency-mt-unsafe)

constexpr const char* imds_variable = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

/// The environment variables by which clients find the server.
command_variables variables_of(serve_protocol protocol, socket_address address,
                               const std::string& header) {
  if (address.ip.is_any()) {
    address.ip = *parse_address(address.ip.is_ipv4() ? "127.0.0.1" : "::1");
  }
  const std::string url = "http://" + text_of(address);
  if (protocol == serve_protocol::imds) return {{imds_variable, url}};
  return {{"IDENTITY_ENDPOINT", url + token_path(protocol)}, {"IDENTITY_HEADER", header}};
}

/// The port and header of a former run, reused so that clients that read its file keep working.
struct former_run {
  std::uint16_t port = 0;
  std::string header;
};

former_run former_run_of(const serve_command_options& options) {
  if (options.env_file.empty()) return {};
  std::string problem;
  command_variables kept = read_env_file(options.env_file, problem);
  if (!problem.empty()) throw cannot_serve(problem, exit_failed);
  former_run former;
  if (is_header(kept["IDENTITY_HEADER"])) former.header = kept["IDENTITY_HEADER"];
  const bool is_imds = options.protocol == serve_protocol::imds;
  std::string url = kept[is_imds ? imds_variable : "IDENTITY_ENDPOINT"];
  const std::string scheme = "http://";
  if (url.compare(0, scheme.size(), scheme) != 0) return former;
  url.erase(0, scheme.size());
  const auto address = parse_socket_address(url.substr(0, url.find('/')));
  if (address) former.port = address->port;
  return former;
}

socket_address address_of(const serve_command_options& options, const former_run& former) {
  socket_address address = *parse_socket_address(options.listen);
  if (address.port == 0) address.port = former.port;
  return address;
}

std::vector<std::string> environment_of(const command_variables& served,
                                        const socket_address& address) {
  command_variables all = without_credentials(environ);
  all.erase("IDENTITY_ENDPOINT");
  all.erase("IMDS_ENDPOINT");
  for (const auto& [name, value] : served) all[name] = value;
  exempt_from_proxies(all, "localhost,127.0.0.1,::1," + text_of(address.ip));
  return entries_of(all);
}

void wait_for_end(const signals_blocked& signals) {
  int signal = 0;
  sigwait(&signals.ending(), &signal);
}

int serve(const serve_command_options& options) {
  const std::string mistake = check_together(options);
  if (!mistake.empty()) throw cannot_serve(mistake, exit_usage);
  access_rules rules = rules_of(options);
  const std::optional<gid_t> group = group_of(options);
  const signals_blocked signals;
  const former_run former = former_run_of(options);
  const std::string header = former.header.empty() ? random_header() : former.header;
  const listener listening(address_of(options, former));

  arc_identity::credential credential(settings_of(options));
  token_service service(
      options.protocol, std::move(rules), header,
      [&](const arc_identity::token_request& request) { return credential.get_token(request); });
  refusal_log log;
  http_server server([&](const serve_request& request, int connection) {
    const client_origin client = origin_of(connection);
    serve_answer answer = service.answer(request, client);
    if (answer.status != 200 || options.verbose) {
      log.write((answer.status == 200 ? "token for " : "refused ") + text_of(client) + ": " +
                without_controls(answer.note));
    }
    return answer;
  });
  if (!server.start(listening.socket())) {
    throw cannot_serve("the server cannot be started", exit_failed);
  }
  const command_variables served = variables_of(options.protocol, listening.address(), header);
  if (!options.env_file.empty()) {
    const std::string failure = write_env_file(options.env_file, served, group);
    if (!failure.empty()) throw cannot_serve(failure, exit_failed);
  }
  if (options.command.empty() || options.verbose) {
    log.write("serving on " + text_of(listening.address()));
  }
  notify_service_manager("READY=1");
  int code = exit_done;
  if (options.command.empty()) {
    wait_for_end(signals);
  } else {
    code = run_child(options.command, environment_of(served, listening.address()), signals);
  }
  notify_service_manager("STOPPING=1");
  // A request that waits for the agent can take as long as --timeout.
  if (!server.stop(std::chrono::milliseconds(200))) std::_Exit(code);
  return code;
}

}  // namespace

int run_serve(const serve_command_options& options) {
  try {
    return serve(options);
  } catch (const cannot_serve& problem) {
    std::fprintf(stderr, "arc-identity: %s\n", problem.what());
    return problem.code;
  }
}

}  // namespace arc_identity_cli
