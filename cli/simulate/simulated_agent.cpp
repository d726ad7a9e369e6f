// SPDX-License-Identifier: MIT

#include "simulate/simulated_agent.hpp"

#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "simulate/bounded_server.hpp"
#include "simulate/simulated_service.hpp"

namespace arc_identity_cli {
namespace {

using namespace std::chrono_literals;

// A thread for each connection, as a Go server has a goroutine. cpp-httplib's own pool would let
// its few threads wait on idle connections while other clients queue.
class thread_per_connection : public httplib::TaskQueue {
 public:
  // void or bool, as the version of cpp-httplib has it
  using enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue(nullptr));

  explicit thread_per_connection(std::function<void()> when_idle)
      : when_idle_(std::move(when_idle)), running_(std::make_shared<running>()) {}

  enqueued enqueue(std::function<void()> serve) override {
    {
      const std::lock_guard<std::mutex> lock(running_->mutex);
      ++running_->count;
    }
    const auto run = [serve = std::move(serve), shared = running_] {
      serve();
      const std::lock_guard<std::mutex> lock(shared->mutex);
      if (--shared->count == 0) shared->none.notify_all();
    };
    try {
      std::thread(run).detach();
    } catch (const std::system_error&) {
      run();  // No thread to be had: the other clients wait.
    }
    return static_cast<enqueued>(true);
  }

  void shutdown() override {
    std::unique_lock<std::mutex> lock(running_->mutex);
    running_->none.wait(lock, [this] { return running_->count == 0; });
  }

  void on_idle() override { when_idle_(); }

 private:
  struct running {
    std::mutex mutex;
    std::condition_variable none;
    std::size_t count = 0;
  };

  std::function<void()> when_idle_;
  std::shared_ptr<running> running_;  // The last thread may outlive this object by a moment.
};

// Not cpp-httplib's own options: SO_REUSEPORT would let two agents share a port unnoticed.
void set_listener_options(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
}

bool is_connection_of(int file, int port) {
  sockaddr_in local{};
  socklen_t size = sizeof local;
  return ::getsockname(file, reinterpret_cast<sockaddr*>(&local), &size) == 0 &&
         local.sin_family == AF_INET && ntohs(local.sin_port) == port;
}

// cpp-httplib gives no handle on its connections, and would wait for a client's next request
// until the keep-alive time is over.
void shut_down_connections(int port) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/fd", failure)) {
    // NOLINTNEXTLINE(cert-err34-c): the names in this folder are numbers.
    const int file = std::atoi(entry.path().filename().c_str());
    if (is_connection_of(file, port)) ::shutdown(file, SHUT_RDWR);
  }
}

// RFC 9110, 5.6.7. Not strftime: its names follow the locale.
std::string http_date() {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", days[utc.tm_wday],
                utc.tm_mday, months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text;
}

std::string printable(std::string_view text) {
  constexpr std::size_t most = 400;
  std::string out(text.substr(0, most));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < 0x21 || c > 0x7e; }, '?');
  return text.size() > most ? out + "..." : out;
}

std::string log_line(const httplib::Request& request, const simulated_answer& answer) {
  const char* with = request.has_header("Authorization") ? " with Authorization" : "";
  return printable(request.method) + ' ' + printable(request.target) + with + " -> " +
         std::to_string(answer.status) + ' ' + answer.note;
}

bool has_body(const httplib::Request& request) {
  return request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
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
  std::string bind(httplib::Server& fresh);
  void run();
  void stop();
  void configure(httplib::Server& fresh);
  void handle(const httplib::Request& request, httplib::Response& response);
  void wait_latency();

  const simulated_agent_options options;
  simulated_service service;
  int port;
  int listening_socket = -1;
  std::unique_ptr<httplib::Server> server;
  std::thread listener;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool listener_done = false;
};

std::string simulated_agent::impl::start() {
  if (server) return "the simulated agent is running already";
  std::string failure = service.keys().open(options.key_directory, options.realm_directory);
  if (!failure.empty()) return failure;
  auto fresh = std::make_unique<bounded_server>();
  configure(*fresh);
  failure = bind(*fresh);
  if (!failure.empty()) return failure;

  server = std::move(fresh);
  run();
  return "";
}

std::string simulated_agent::impl::bind(httplib::Server& fresh) {
  if (port == 0) {
    const int bound = fresh.bind_to_any_port("127.0.0.1");
    if (bound <= 0) return "cannot listen on 127.0.0.1";
    port = bound;
  } else if (!fresh.bind_to_port("127.0.0.1", port)) {
    return "cannot listen on 127.0.0.1:" + std::to_string(port) + " (is the port in use?)";
  }
  ::listen(listening_socket, 1024);  // cpp-httplib's 5 would drop clients that come at once.
  return "";
}

// Returns when the server's own stop() has an effect, which it has not before.
void simulated_agent::impl::run() {
  stopping = false;
  listener_done = false;
  listener = std::thread([this] {
    server->listen_after_bind();
    const std::lock_guard<std::mutex> lock(mutex);
    listener_done = true;
    changed.notify_all();
  });
  std::unique_lock<std::mutex> lock(mutex);
  while (!server->is_running() && !listener_done) changed.wait_for(lock, 1ms);
}

void simulated_agent::impl::stop() {
  if (!server) return;
  server->stop();
  std::unique_lock<std::mutex> lock(mutex);
  stopping = true;
  changed.notify_all();
  while (!listener_done) {
    lock.unlock();
    shut_down_connections(port);
    lock.lock();
    changed.wait_for(lock, 10ms, [this] { return listener_done; });
  }
  lock.unlock();
  listener.join();
  server.reset();
  service.keys().remove_all();
}

void simulated_agent::impl::configure(httplib::Server& fresh) {
  fresh.new_task_queue = [this] {
    return new thread_per_connection([this] { service.keys().remove_expired(); });
  };
  fresh.set_socket_options([this](socket_t socket) {
    listening_socket = socket;
    set_listener_options(socket);
  });
  fresh.set_tcp_nodelay(true);
  fresh.set_idle_interval(0, 200000);
  fresh.set_keep_alive_timeout(15);
  fresh.set_keep_alive_max_count(1000000);

  using handled = httplib::Server::HandlerResponse;
  fresh.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& out) {
    if (has_body(request)) return handled::Unhandled;
    handle(request, out);
    return handled::Handled;
  });
  // A request with a body comes here, when cpp-httplib has read that off the connection.
  const auto after_body = [this](const httplib::Request& request, httplib::Response& out) {
    if (out.status != 404 || !out.body.empty()) return handled::Unhandled;
    handle(request, out);
    return handled::Handled;
  };
  fresh.set_error_handler(httplib::Server::HandlerWithResponse(after_body));
  fresh.set_post_routing_handler([](const httplib::Request&, httplib::Response& out) {
    out.headers.erase("Keep-Alive");  // A Go server sends none.
    out.set_header("Date", http_date());
  });
}

void simulated_agent::impl::handle(const httplib::Request& request, httplib::Response& response) {
  wait_latency();
  const simulated_answer answer = service.answer(looked_at(request));
  if (options.log) options.log(log_line(request, answer));
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  response.set_content(answer.body, "application/json; charset=utf-8");
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
