// SPDX-License-Identifier: MIT

#include "doctor/agent_checks.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <arc_identity/system/client.hpp>

#include "complain.hpp"

namespace arc_identity_cli {
namespace {

using status = finding_status;

/// Measures the steps of an exchange, of its last attempt one by one.
class stop_watch {
 public:
  static void on_event(void* self, const arc_identity::event& event) {
    using arc_identity::event_kind;
    auto& watch = *static_cast<stop_watch*>(self);
    switch (event.kind) {
      case event_kind::connected:
        return watch.stop(watch.failures_ == 0 ? "connect" : "wait and connect");
      case event_kind::challenged: return watch.stop("challenge");
      case event_kind::key_read: return watch.stop("key");
      case event_kind::retrying: return watch.fail();
      case event_kind::token_received: return watch.stop("token");
      default: return;
    }
  }

  /// "connect 0.1 ms, challenge 1.2 ms, ...", or "2 failed attempts in 3.4 ms, ..."
  const std::string& text() const { return text_; }

 private:
  using clock = std::chrono::steady_clock;

  void stop(const std::string& step) {
    text_ += (text_.empty() ? "" : ", ") + step + ' ' + milliseconds_since(last_);
    last_ = clock::now();
  }

  void fail() {
    ++failures_;
    last_ = clock::now();
    text_ = std::to_string(failures_) +
            (failures_ == 1 ? " failed attempt in " : " failed attempts in ") +
            milliseconds_since(begin_);
  }

  static std::string milliseconds_since(clock::time_point begin) {
    const std::chrono::duration<double, std::milli> time = clock::now() - begin;
    char text[32];
    std::snprintf(text, sizeof text, "%.1f ms", time.count());
    return text;
  }

  const clock::time_point begin_ = clock::now();
  clock::time_point last_ = begin_;
  unsigned failures_ = 0;
  std::string text_{};
};

}  // namespace

finding unknown(const char* name) {
  return {name, status::note, "not checked: the agent's endpoint is unknown", ""};
}

finding problem(const char* name, const arc_identity::error& error) {
  const std::string message = message_of(error);
  const std::size_t end = message.rfind(". ");
  const std::string advice = end == std::string::npos ? "" : message.substr(end + 2);
  return {name, status::problem, message.substr(0, end), advice, exit_code_of(error.code())};
}

arc_identity::options settings_for(const doctor_arguments& arguments, const std::string& endpoint,
                                   const std::string& key_directory) {
  arc_identity::options settings;
  settings.endpoint = endpoint;
  settings.key_directory = key_directory;
  settings.total_timeout = arguments.timeout;
  settings.attempt_timeout = std::min(settings.attempt_timeout, arguments.timeout);
  return settings;
}

asked_metadata::asked_metadata(const std::optional<arc_identity::options>& settings,
                               const std::function<std::chrono::seconds()>& unix_time) {
  if (!settings) return;
  asked_at_ = unix_time();
  answer_.emplace(arc_identity::client(*settings).get_instance_metadata(workspace_));
}

finding asked_metadata::check() const {
  constexpr const char* name = "metadata";
  if (!answer_) return unknown(name);
  const auto& metadata = *answer_;
  if (!metadata) return problem(name, metadata.error());
  std::string text = "the agent answers";
  const auto add = [&text](const char* before, std::string_view what) {
    if (!what.empty()) text.append(before).append(what);  // The agent may not know all of them.
  };
  add(": machine ", metadata->name());
  add(" in ", metadata->location());
  add(", ", metadata->resource_id());
  return {name, status::ok, text, ""};
}

finding asked_metadata::check_clock(const char* remedy) const {
  constexpr const char* name = "clock";
  constexpr long long most = 300;  // The difference that services tolerate in a token's times.
  if (!is_there()) return {name, status::note, "not checked: no answer", ""};
  const std::chrono::seconds agent_time = (*answer_)->agent_time();
  if (agent_time.count() == 0)
    return {name, status::note, "the agent does not report its time", ""};
  const long long ahead = (asked_at_ - agent_time).count();
  const std::string found = "this clock is " + std::to_string(std::llabs(ahead)) + " s " +
                            (ahead < 0 ? "behind" : "ahead of") + " the agent's";
  if (std::llabs(ahead) <= most) return {name, status::ok, found, ""};
  return {name, status::problem, found,
          std::string(remedy) + ": otherwise tokens appear to expire too early or too late"};
}

finding check_proxies(const std::function<std::string(const char* name)>& variable) {
  constexpr const char* name = "proxy";
  std::string set;
  for (const char* each :
       {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    if (!variable(each).empty()) set += (set.empty() ? "" : ", ") + std::string(each);
  }
  if (set.empty()) return {name, status::ok, "no proxy is set", ""};
  return {name, status::note, "set: " + set + "; harmless: requests to the agent never use a proxy",
          "Other clients may need no_proxy=localhost,127.0.0.1"};
}

finding check_exchange(const arc_identity::options& settings, const doctor_arguments& arguments) {
  constexpr const char* name = "token";
  stop_watch watch;
  arc_identity::options watched = settings;
  watched.observer = stop_watch::on_event;
  watched.observer_context = &watch;
  arc_identity::client client(watched);
  std::vector<char> workspace(std::size_t{64} * 1024);
  const auto token = client.get_token({arguments.resource, identity_of(arguments)}, workspace);
  const std::string steps = watch.text().empty() ? "" : " (" + watch.text() + ')';
  if (!token) {
    finding failed = problem(name, token.error());
    failed.found += steps;
    return failed;
  }
  const std::string lifetime = std::to_string(token->lifetime.count());
  arc_identity::wipe(workspace);
  return {name, status::ok,
          "got one for " + arguments.resource + ", valid for " + lifetime + " s" + steps, ""};
}

}  // namespace arc_identity_cli
