// SPDX-License-Identifier: MIT

#include "simulate/loopback_server.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

namespace arc_identity_cli {
namespace {

using namespace std::chrono_literals;

// A thread for each connection, as a Go server has a goroutine. The few threads of cpp-httplib's
// own pool would wait on idle connections while other clients queue.
class thread_per_connection : public httplib::TaskQueue {
 public:
  // void or bool, depending on the version of cpp-httplib
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
      run();  // no thread available: the other clients wait
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
  std::shared_ptr<running> running_;  // The last thread may briefly outlive this object.
};

// Not cpp-httplib's own options: SO_REUSEPORT would let two agents share a port unnoticed.
void set_listener_options(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
}

bool is_connection_of(int file, int port) {
  sockaddr_storage local{};
  socklen_t size = sizeof local;
  return ::getsockname(file, reinterpret_cast<sockaddr*>(&local), &size) == 0 &&
         port_of(local) == port;
}

// cpp-httplib gives no access to its connections, and would wait for a client's next request until
// the keep-alive time has passed.
void shut_down_connections(int port) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/fd", failure)) {
    // NOLINTNEXTLINE(cert-err34-c): the names in this folder are numbers.
    const int file = std::atoi(entry.path().filename().c_str());
    if (is_connection_of(file, port)) ::shutdown(file, SHUT_RDWR);
  }
}

// RFC 9110, 5.6.7. Not strftime, whose names depend on the locale.
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

bool has_body(const httplib::Request& request) {
  return request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
}

}  // namespace

loopback_server::loopback_server(handler handle, std::function<void()> when_idle)
    : handle_(std::move(handle)) {
  configure(std::move(when_idle));
}

void loopback_server::configure(std::function<void()> when_idle) {
  server_.new_task_queue = [when_idle = std::move(when_idle)] {
    return new thread_per_connection(when_idle);
  };
  server_.set_socket_options([this](socket_t socket) {
    listening_socket_ = socket;
    set_listener_options(socket);
  });
  server_.set_tcp_nodelay(true);
  server_.set_idle_interval(0, 200000);
  server_.set_keep_alive_timeout(15);
  server_.set_keep_alive_max_count(1000000);

  using handled = httplib::Server::HandlerResponse;
  server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& out) {
    if (has_body(request)) return handled::Unhandled;
    handle_(request, out);
    return handled::Handled;
  });
  // A request with a body gets here after cpp-httplib has read the body.
  const auto after_body = [this](const httplib::Request& request, httplib::Response& out) {
    if (out.status != 404 || !out.body.empty()) return handled::Unhandled;
    handle_(request, out);
    return handled::Handled;
  };
  server_.set_error_handler(httplib::Server::HandlerWithResponse(after_body));
  server_.set_post_routing_handler([](const httplib::Request&, httplib::Response& out) {
    out.headers.erase("Keep-Alive");  // a Go server sends none
    out.set_header("Date", http_date());
  });
}

int loopback_server::bind(const char* address, int port) {
  if (port == 0) {
    port_ = std::max(server_.bind_to_any_port(address), 0);
  } else if (server_.bind_to_port(address, port)) {
    port_ = port;
  }
  if (port_ == 0) return 0;
  ::listen(listening_socket_, 1024);  // With cpp-httplib's 5, simultaneous clients are dropped.
  return port_;
}

// Returns once the server listens: before that, its own stop() would have no effect.
void loopback_server::run() {
  listener_ = std::thread([this] {
    server_.listen_after_bind();
    listener_done_ = true;
  });
  while (!server_.is_running() && !listener_done_) std::this_thread::sleep_for(1ms);
}

void loopback_server::stop() {
  if (!listener_.joinable()) {
    if (port_ > 0) ::close(listening_socket_);  // cpp-httplib closes it only if it has listened
    port_ = 0;
    return;
  }
  server_.stop();
  while (!listener_done_) {
    shut_down_connections(port_);
    std::this_thread::sleep_for(5ms);
  }
  listener_.join();
  port_ = 0;
}

}  // namespace arc_identity_cli
