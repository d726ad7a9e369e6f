// SPDX-License-Identifier: MIT

#include "vault/delivery.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <system_error>
#include <utility>

#include "vault/failure.hpp"
#include "vault/posix/file_access.hpp"
#include "vault/posix/file_handle.hpp"
#include "vault/posix/shell_command.hpp"
#include "vault/posix/signals_held.hpp"
#include "vault/posix/target_file.hpp"

namespace arc_identity_cli {
namespace {

[[noreturn]] void fail_to_write(const std::string& place) {
  throw failure("cannot write to " + place + ": " + std::generic_category().message(errno));
}

/// N of /dev/fd/N; -1 where it is none.
int descriptor_in(const std::string& place) {
  const std::string_view prefix = "/dev/fd/";
  int descriptor = -1;
  if (place.compare(0, prefix.size(), prefix) != 0) return -1;
  const char* const end = place.data() + place.size();
  const auto parsed = std::from_chars(place.data() + prefix.size(), end, descriptor);
  return parsed.ec == std::errc() && parsed.ptr == end ? descriptor : -1;
}

void require_writable(int descriptor, const std::string& place) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) errno = EBADF;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) fail_to_write(place);
}

}  // namespace

struct delivery::state {
  /// A file, or an open descriptor.
  struct place {
    std::string name;
    int descriptor = -1;
    std::unique_ptr<target_file> file;
  };

  std::vector<place> places;
  std::string command;
  std::chrono::milliseconds timeout;
  bool is_verbose;

  void tell(const char* what, const std::string& subject) const {
    if (is_verbose) std::fprintf(stderr, "arc-identity: %s %s\n", what, subject.c_str());
  }

  void replace(const std::vector<delivered_content>& contents) const;
  void run_command() const;
};

delivery::delivery(const std::vector<std::string>& places, const delivery_options& options,
                   std::chrono::milliseconds timeout, bool verbose)
    : state_(new state{{}, options.on_change, timeout, verbose}) {
  ::signal(SIGPIPE, SIG_IGN);  // A reader that goes away is a failure to write.
  const file_access access = access_of(options);
  const auto end = std::chrono::steady_clock::now() + timeout;
  bool has_file = false;
  for (const std::string& name : places) {
    state::place place{name, descriptor_in(name), nullptr};
    if (place.descriptor >= 0) {
      require_writable(place.descriptor, name);
    } else {
      place.file = std::make_unique<target_file>(name, access, end);
      has_file = true;
    }
    state_->places.push_back(std::move(place));
  }
  if (!has_file && options.is_any_given()) {
    throw failure("--owner, --group, --mode and --on-change are for files", exit_usage);
  }
}

delivery::~delivery() = default;

void delivery::deliver(const std::vector<delivered_content>& contents) {
  state_->replace(contents);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const state::place& place = state_->places[i];
    if (place.file == nullptr && !write_all(place.descriptor, contents[i].bytes.view())) {
      fail_to_write(place.name);
    }
  }
  if (!state_->command.empty()) state_->run_command();
}

void delivery::state::replace(const std::vector<delivered_content>& contents) const {
  const signals_held held;
  std::vector<target_file*> changed;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    target_file* const file = places[i].file.get();
    if (file == nullptr) continue;
    if (file->has(contents[i])) {
      tell("unchanged", file->path());
    } else {
      file->prepare(contents[i].bytes.view());
      changed.push_back(file);
    }
  }
  if (!command.empty()) {
    for (target_file* const file : changed) file->mark_as_changed();
  }
  for (target_file* const file : changed) {
    file->replace();
    tell("replaced", file->path());
  }
}

void delivery::state::run_command() const {
  const auto is_due = [](const place& each) {
    return each.file != nullptr && each.file->is_marked_as_changed();
  };
  if (std::none_of(places.begin(), places.end(), is_due)) return;
  tell("running", command);
  const std::string problem = run_shell_command(command, timeout);
  if (!problem.empty()) {
    throw failure("the files are in place, but the command of --on-change " + problem +
                  "; the next run runs it again");
  }
  for (const place& each : places) {
    if (each.file != nullptr) each.file->unmark();
  }
}

}  // namespace arc_identity_cli
