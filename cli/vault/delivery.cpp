// SPDX-License-Identifier: MIT

#include "vault/delivery.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <utility>

#include "vault/failure.hpp"
#include "vault/open_output.hpp"
#include "vault/shell_command.hpp"
#include "vault/target_file.hpp"

namespace arc_identity_cli {

struct delivery::state {
  struct place {
    std::string name;
    std::unique_ptr<target_file> file;  ///< null if it is an open descriptor
  };

  std::vector<place> places;
  std::string command;
  std::chrono::milliseconds timeout;
  bool is_verbose;

  void log(const char* what, const std::string& subject) const {
    if (is_verbose) std::fprintf(stderr, "arc-identity: %s %s\n", what, subject.c_str());
  }

  void replace(const std::vector<delivered_content>& contents) const;
  bool is_command_due() const;
  void run_command() const;
};

delivery::delivery(const std::vector<std::string>& places, const delivery_options& options,
                   std::chrono::milliseconds timeout, bool verbose)
    : state_(new state{{}, options.on_change, timeout, verbose}) {
  const file_access access = access_of(options);
  const auto end = std::chrono::steady_clock::now() + timeout;
  bool has_file = false;
  for (const std::string& name : places) {
    const bool is_file = !is_open_output(name);
    state_->places.push_back(
        {name, is_file ? std::make_unique<target_file>(name, access, end) : nullptr});
    has_file = has_file || is_file;
  }
  if (!places.empty() && !has_file && options.is_any_given()) {
    throw failure("--owner, --group, --mode and --on-change apply only to files", exit_usage);
  }
}

delivery::~delivery() = default;

void delivery::deliver(const std::vector<delivered_content>& contents, bool has_changed) {
  state_->replace(contents);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const state::place& place = state_->places[i];
    if (place.file == nullptr) write_to_open_output(place.name, contents[i].bytes.view());
  }
  if (!state_->command.empty() && (has_changed || state_->is_command_due())) state_->run_command();
}

void delivery::state::replace(const std::vector<delivered_content>& contents) const {
  const signals_held held;
  std::vector<target_file*> changed;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    target_file* const file = places[i].file.get();
    if (file == nullptr) continue;
    if (file->has(contents[i])) {
      log("unchanged", file->path());
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
    log("replaced", file->path());
  }
}

bool delivery::state::is_command_due() const {
  return std::any_of(places.begin(), places.end(), [](const place& each) {
    return each.file != nullptr && each.file->is_marked_as_changed();
  });
}

void delivery::state::run_command() const {
  log("running", command);
  const std::string problem = run_shell_command(command, timeout);
  if (!problem.empty()) {
    throw failure("everything is up to date, but the command of --on-change " + problem +
                  "; the next run repeats it");
  }
  for (const place& each : places) {
    if (each.file != nullptr) each.file->unmark();
  }
}

}  // namespace arc_identity_cli
