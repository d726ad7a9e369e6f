// SPDX-License-Identifier: MIT

#include "long_wait.hpp"

#include <cstdio>
#include <system_error>

#include "agent_options.hpp"
#include "terminal.hpp"

namespace arc_identity_cli {
namespace {

constexpr const char* clear_line = "\r\x1b[K";

constexpr const char* with_key = "waiting for the token";

std::string step_after(const arc_identity::event& event, const std::string& who, const char* last) {
  using arc_identity::event_kind;
  switch (event.kind) {
    case event_kind::connected: return "waiting for the agent's answer";
    case event_kind::challenged: return "reading the key file";
    case event_kind::key_read: return with_key;
    case event_kind::retrying: break;
    default: return last;
  }
  const std::string reason = event.http_status != 0
                                 ? who + " answered " + std::to_string(event.http_status)
                                 : "no answer from " + who;
  return reason + ", retrying in " +
         std::to_string(std::chrono::ceil<std::chrono::seconds>(event.wait).count()) + " s";
}

}  // namespace

long_wait::long_wait(const agent_options& given, arc_identity::options& settings, const char* other)
    : end_(std::chrono::steady_clock::now() + given.timeout),
      other_(other != nullptr ? other : "ending"),
      step_(other != nullptr ? other : "connecting to the agent") {
  if (given.quiet || given.verbose || !is_terminal(stderr)) return;
  settings.observer = on_event;
  settings.observer_context = this;
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {  // Without a thread, there is no line.
  }
}

long_wait::~long_wait() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> guard(mutex_);
    is_over_ = true;
  }
  over_.notify_one();
  thread_.join();
}

void long_wait::on_event(void* self, const arc_identity::event& event) {
  static_cast<long_wait*>(self)->show(event, "the agent");
}

void long_wait::on_event_of_vault(void* self, const arc_identity::event& event) {
  static_cast<long_wait*>(self)->show(event, "the vault");
}

void long_wait::show(const arc_identity::event& event, const char* who) {
  const std::lock_guard<std::mutex> guard(mutex_);
  // It has connected again, to send the key.
  if (event.kind == arc_identity::event_kind::connected && step_ == with_key) return;
  step_ = step_after(event, who, other_);
  if (event.kind == arc_identity::event_kind::retrying) ++attempt_;
}

void long_wait::run() {
  using std::chrono::seconds;
  bool has_line = false;
  std::unique_lock<std::mutex> guard(mutex_);
  while (!over_.wait_for(guard, seconds(1), [this] { return is_over_; })) {
    const auto left = std::chrono::ceil<seconds>(end_ - std::chrono::steady_clock::now()).count();
    std::fprintf(stderr, "%s%s (attempt %u, %lld s left)", clear_line, step_.c_str(), attempt_,
                 static_cast<long long>(left > 0 ? left : 0));
    has_line = true;
  }
  if (has_line) std::fputs(clear_line, stderr);
}

}  // namespace arc_identity_cli
