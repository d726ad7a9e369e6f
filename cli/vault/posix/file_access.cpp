// SPDX-License-Identifier: MIT

#include "vault/posix/file_access.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <system_error>

#include "vault/delivery.hpp"
#include "vault/failure.hpp"

namespace arc_identity_cli {
namespace {

/// The number of the user or group with this name, or this number itself. `record` is the result of
/// looking up the name, `number` its member.
template <class Record, class Id>
Id id_of(const std::string& name, const char* kind, const Record* record, Id Record::*number) {
  if (record != nullptr) return record->*number;
  const int failure_of_lookup = errno;
  Id id = 0;
  const char* const end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, id);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end && id != static_cast<Id>(-1);
  if (is_number) return id;
  if (failure_of_lookup != 0 && failure_of_lookup != ENOENT && failure_of_lookup != ESRCH) {
    throw failure("cannot look up the " + std::string(kind) + ' ' + name + ": " +
                  std::generic_category().message(failure_of_lookup));
  }
  throw failure("there is no " + std::string(kind) + ' ' + name + " on this machine", exit_usage);
}

}  // namespace

// NOLINTBEGIN(concurrency-mt-unsafe): no other thread looks up users here.
file_access access_of(const delivery_options& options) {
  file_access access{::geteuid(), {}, 0600};
  if (!options.owner.empty()) {
    errno = 0;
    access.owner = id_of(options.owner, "user", ::getpwnam(options.owner.c_str()), &passwd::pw_uid);
  }
  if (!options.group.empty()) {
    errno = 0;
    access.group = id_of(options.group, "group", ::getgrnam(options.group.c_str()), &group::gr_gid);
  }
  if (!options.mode.empty())
    access.mode = static_cast<mode_t>(std::stoul(options.mode, nullptr, 8));
  return access;
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace arc_identity_cli
