// SPDX-License-Identifier: MIT

#include "doctor/doctor_surroundings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <arc_identity/system/client.hpp>
#include <arc_identity/system/posix/peer_owner.hpp>

#include "user_names.hpp"

namespace arc_identity_cli {
namespace {

namespace sys = arc_identity::system;

using origin = doctor_location::origin;

/// The variables and files of discovery, below `root`. The last one accessed is where the agent was
/// found.
class rooted_environment : public sys::environment {
 public:
  rooted_environment(const doctor_surroundings& here, origin& last) : here_(&here), last_(&last) {}

  /// The text is valid until the next call.
  std::string_view variable(const char* name) {
    *last_ = origin::variables;
    std::string& kept = values_[next_++ % 3];
    kept = here_->variable(name);
    return kept;
  }
  sys::sighting read(const char* path, arc_identity::mutable_buffer space) const {
    *last_ = origin::drop_in;
    return here_->read(path, space);
  }
  sys::sighting look_at(const char* path) const {
    *last_ = origin::executable;
    return here_->look_at(path);
  }

 private:
  const doctor_surroundings* here_;
  origin* last_;
  std::string values_[3];
  unsigned next_ = 0;
};

/// Whether the kernel can look up sockets: it must find one of this process.
bool can_look_up() {
  namespace parts = arc_identity::detail;
  parts::loopback_name name;
  socklen_t size = parts::write_name({}, name);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool is_found = ::bind(listener, &name.any, size) == 0 && ::listen(listener, 1) == 0 &&
                        ::getsockname(listener, &name.any, &size) == 0 &&
                        parts::sock_diag().ask(name, parts::without_port(name)).error == 0;
  ::close(listener);
  return is_found;
}

arc_identity::peer_owner_result find_listener(const arc_identity::loopback_address& address) {
  using arc_identity::owner_status;
  namespace parts = arc_identity::detail;
  parts::loopback_name local;
  parts::write_name(address, local);
  const parts::diag_answer answer = parts::sock_diag().ask(local, parts::without_port(local));
  if (answer.error == ENOENT && can_look_up()) return {owner_status::hidden};
  if (answer.error != 0) return {owner_status::unknown, false, 0, answer.error};
  return {owner_status::known, false, answer.user};
}

doctor_user this_user() {
  doctor_user user{::geteuid(), {::getegid()}};
  std::vector<gid_t> groups(static_cast<std::size_t>(::getgroups(0, nullptr)));
  const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
  for (int i = 0; i < count; ++i) user.groups.push_back(groups[static_cast<std::size_t>(i)]);
  return user;
}

}  // namespace

doctor_surroundings::doctor_surroundings()
    : variable([](const char* name) -> std::string {
        if (sys::environment::ignores_variables()) return "";
        // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread sets a variable.
        const char* const value = std::getenv(name);
        return value == nullptr ? "" : value;
      }),
      unix_time([] { return std::chrono::seconds(std::time(nullptr)); }),
      can_search([](const std::string& directory) {
        return ::faccessat(AT_FDCWD, directory.c_str(), X_OK, AT_EACCESS) == 0;
      }),
      can_read([](const std::string& file) {
        return ::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) == 0;
      }),
      listener(find_listener),
      ignores_variables(sys::environment::ignores_variables()),
      user(this_user()) {}

sys::sighting doctor_surroundings::look_at(const std::string& path) const {
  return sys::environment().look_at((root + path).c_str());
}

sys::sighting doctor_surroundings::read(const std::string& path,
                                        arc_identity::mutable_buffer space) const {
  return sys::environment().read((root + path).c_str(), space);
}

std::string doctor_surroundings::content_of(const std::string& path) const {
  char space[4096];
  return std::string(read(path, space).text);
}

std::string doctor_surroundings::user_name(std::uint64_t id) const {
  return name_of(root + "/etc/passwd", id);
}

std::string doctor_surroundings::group_name(std::uint64_t id) const {
  return name_of(root + "/etc/group", id);
}

std::vector<arc_identity::loopback_address> doctor_location::addresses() const {
  std::vector<arc_identity::loopback_address> found;
  const auto parsed = arc_identity::endpoint::parse(endpoint);
  if (!is_known() || !parsed) return found;
  for (std::size_t i = 0; i < parsed->address_count(); ++i) found.push_back(parsed->address(i));
  return found;
}

doctor_location locate(const doctor_surroundings& here) {
  arc_identity::options options;
  options.endpoint = here.endpoint;
  options.key_directory = here.key_directory;
  origin last = origin::arguments;
  sys::basic_discovery<rooted_environment> discovery{rooted_environment(here, last)};
  const auto failure = discovery.find(options);
  doctor_location found;
  if (failure.code != arc_identity::errc{}) {
    found.error = arc_identity::error(failure);
    return found;
  }
  const auto parsed = arc_identity::endpoint::parse(discovery.endpoint());
  if (!parsed) {
    found.error = parsed.error();
    return found;
  }
  found.from = last;
  found.endpoint = discovery.endpoint();
  found.imds_endpoint = discovery.imds_endpoint();
  found.key_directory =
      (here.key_directory.empty() ? here.root : "") + std::string(discovery.key_directory());
  return found;
}

std::string container_sign(const doctor_surroundings& here) {
  for (const char* file : {"/.dockerenv", "/run/.containerenv"}) {
    if (here.look_at(file).is_there) return file;
  }
  for (const char* name : {"KUBERNETES_SERVICE_HOST", "container"}) {
    if (!here.variable(name).empty()) return std::string("the variable ") + name;
  }
  const std::string groups = here.content_of("/proc/1/cgroup");
  for (const char* word : {"docker", "kubepods", "containerd", "libpod", "lxc"}) {
    if (groups.find(word) != std::string::npos) return "/proc/1/cgroup";
  }
  return "";
}

}  // namespace arc_identity_cli
