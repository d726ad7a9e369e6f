// SPDX-License-Identifier: MIT

#include "simulate/simulated_agent.hpp"

#include <httplib.h>

#include <condition_variable>
#include <ctime>
#include <mutex>

#include "simulate/loopback_server.hpp"
#include "simulate/simulated_documents.hpp"
#include "simulate/simulated_service.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 400;
  return printable_ascii(text.substr(0, most)) + (text.size() > most ? "..." : "");
}

// UTC, with milliseconds (RFC 3339).
std::string timestamp() {
  std::timespec now{};
  std::timespec_get(&now, TIME_UTC);
  std::tm utc{};
  ::gmtime_r(&now.tv_sec, &utc);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  char text[48];
  std::snprintf(text, sizeof text, "%s.%03ldZ", date, now.tv_nsec / 1000000);
  return text;
}

std::string json_log_line(const httplib::Request& request, const simulated_answer& answer) {
  return "{\"time\":" + json_text(timestamp()) + ",\"method\":" + json_text(request.method) +
         ",\"target\":" + json_text(request.target) +
         ",\"user_agent\":" + json_text(request.get_header_value("User-Agent")) +
         ",\"authorization\":" + (request.has_header("Authorization") ? "true" : "false") +
         ",\"status\":" + std::to_string(answer.status) + ",\"note\":" + json_text(answer.note) +
         '}';
}

std::string log_line(const httplib::Request& request, const simulated_answer& answer) {
  const char* with = request.has_header("Authorization") ? " with Authorization" : "";
  return shortened(request.method) + ' ' + shortened(request.target) + with + " -> " +
         std::to_string(answer.status) + ' ' + answer.note;
}

simulated_request looked_at(const httplib::Request& request) {
  return {request.method,
          request.path,
          request.params,
          request.get_header_value("Metadata"),
          request.get_header_value("Authorization"),
          request.has_header("X-Forwarded-For")};
}

}  // namespace

struct simulated_agent::impl {
  explicit impl(const simulated_agent_options& given)
      : options(given), service(given), port(given.port) {}

  std::string start();
  std::string bind();
  std::unique_ptr<loopback_server> make_server();
  void stop();
  void handle(const httplib::Request& request, httplib::Response& response);
  void wait_latency();

  const simulated_agent_options options;
  simulated_service service;
  int port;
  std::vector<std::unique_ptr<loopback_server>> servers;  // one per address

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
};

std::unique_ptr<loopback_server> simulated_agent::impl::make_server() {
  return std::make_unique<loopback_server>(
      [this](const httplib::Request& request, httplib::Response& out) { handle(request, out); },
      [this] { service.keys().remove_expired(); });
}

std::string simulated_agent::impl::start() {
  if (!servers.empty()) return "the simulated agent is already running";
  std::string failure = service.keys().open(options.key_directory, options.realm_directory);
  if (failure.empty()) failure = bind();
  if (!failure.empty()) {
    servers.clear();
    return failure;
  }
  stopping = false;
  for (const auto& server : servers) server->run();
  return "";
}

// "localhost" can be either address. If the system has no ::1, no other program can listen there.
std::string simulated_agent::impl::bind() {
  const bool has_v6 = make_server()->bind("::1", 0) != 0;
  for (int tries = port == 0 ? 100 : 1; tries > 0; --tries) {
    servers.clear();
    servers.push_back(make_server());
    const int bound = servers.back()->bind("127.0.0.1", port);
    if (bound == 0) continue;
    if (has_v6) servers.push_back(make_server());
    if (has_v6 && servers.back()->bind("::1", bound) == 0) continue;
    port = bound;
    return "";
  }
  return "cannot listen on localhost:" + std::to_string(port) + " (is the port in use?)";
}

void simulated_agent::impl::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex);
    stopping = true;
  }
  changed.notify_all();
  servers.clear();
  service.keys().remove_all();
}

void simulated_agent::impl::handle(const httplib::Request& request, httplib::Response& response) {
  wait_latency();
  const simulated_answer answer = service.answer(looked_at(request));
  if (options.log) options.log(log_line(request, answer));
  if (options.json_log) options.json_log(json_log_line(request, answer));
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  response.set_content(answer.body, answer.content_type);
}

void simulated_agent::impl::wait_latency() {
  if (options.latency.count() <= 0) return;
  std::unique_lock<std::mutex> lock(mutex);
  changed.wait_for(lock, options.latency, [this] { return stopping; });
}

simulated_agent::simulated_agent(const simulated_agent_options& options)
    : impl_(std::make_unique<impl>(options)) {}

simulated_agent::~simulated_agent() { stop(); }

std::string simulated_agent::start() { return impl_->start(); }

void simulated_agent::stop() { impl_->stop(); }

int simulated_agent::port() const { return impl_->port; }

std::string simulated_agent::endpoint() const { return imds_endpoint() + simulated_token_path; }

std::string simulated_agent::imds_endpoint() const {
  return "http://localhost:" + std::to_string(impl_->port);
}

const std::string& simulated_agent::key_directory() const {
  return impl_->service.keys().directory();
}

const simulated_identity& simulated_agent::system_assigned() const {
  return impl_->service.system_assigned();
}

const std::vector<simulated_identity>& simulated_agent::identities() const {
  return impl_->service.identities();
}

simulated_agent_counters simulated_agent::counters() const { return impl_->service.counters(); }

}  // namespace arc_identity_cli
