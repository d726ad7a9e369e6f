// SPDX-License-Identifier: MIT

#include "serve/client_origin.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <arc_identity/system/posix/peer_owner.hpp>

#include "user_names.hpp"

namespace arc_identity_cli {
namespace {

namespace kernel = arc_identity::detail;
using arc_identity::owner_status;

using name_getter = int (*)(int, sockaddr*, socklen_t*);

bool get_name(name_getter get, int socket, sockaddr_storage& name) {
  socklen_t size = sizeof name;
  return get(socket, reinterpret_cast<sockaddr*>(&name), &size) == 0;
}

kernel::loopback_name as_question(const socket_address& address) {
  kernel::loopback_name name;
  sockaddr_storage system{};
  to_system(address, system);
  if (address.ip.is_ipv4()) {
    name.ipv4 = reinterpret_cast<const sockaddr_in&>(system);
  } else {
    name.ipv6 = reinterpret_cast<const sockaddr_in6&>(system);
  }
  return name;
}

}  // namespace

client_origin origin_of(int connection) {
  sockaddr_storage local_name{};
  sockaddr_storage remote_name{};
  client_origin origin;
  if (!get_name(::getpeername, connection, remote_name)) return origin;
  origin.address = from_system(remote_name);
  if (!get_name(::getsockname, connection, local_name)) return origin;
  const kernel::loopback_name local = as_question(from_system(local_name));
  const kernel::loopback_name remote = as_question(origin.address);
  const kernel::sock_diag diag;
  const auto ask = [&](kernel::diag_question question) noexcept {
    if (question == kernel::diag_question::own) return diag.ask(local, remote);
    const bool is_peer = question == kernel::diag_question::peer;
    return diag.ask(remote, is_peer ? local : kernel::without_port(remote));
  };
  const arc_identity::peer_owner_result found = kernel::find_peer_owner(ask);
  // This end exists and is established, but the other one is not found: it is in another namespace.
  const bool is_elsewhere = found.status == owner_status::hidden && found.system_error == 0;
  if (found.status == owner_status::known) {
    origin.where = client_origin::place::here;
    origin.user = found.user;
  } else if (origin.address.ip.is_loopback()) {
    origin.where = client_origin::place::here;
  } else if (is_elsewhere) {
    origin.where = client_origin::place::elsewhere;
  }
  return origin;
}

std::string text_of(const client_origin& origin) {
  std::string text = text_of(origin.address);
  if (origin.user) text += ", user " + name_of("/etc/passwd", *origin.user);
  return text;
}

}  // namespace arc_identity_cli
