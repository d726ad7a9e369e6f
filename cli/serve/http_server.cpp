// SPDX-License-Identifier: MIT

#include "serve/http_server.hpp"

#include <microhttpd.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <arc_identity/core/buffer.hpp>

namespace arc_identity_cli {
namespace {

using clock = std::chrono::steady_clock;

constexpr clock::time_point no_deadline = clock::time_point::max();

struct served_connection {
  int socket;
  clock::time_point deadline;
  bool is_shut = false;
};

/// All connections, and the deadline of each for its next step.
class connection_table {
 public:
  using entry = std::list<served_connection>::iterator;

  explicit connection_table(std::size_t most) : most_(most) {}

  entry add(int socket) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const entry added = connections_.insert(connections_.end(), {socket, next_deadline()});
    if (connections_.size() - shut_count_ > most_) shut_longest_waiting();
    return added;
  }

  // The socket is still open: its number is not reused before the entry is removed here.
  void remove(entry connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (connection->is_shut) --shut_count_;
    connections_.erase(connection);
  }

  void set_waiting(entry connection) {
    const std::lock_guard<std::mutex> lock(mutex_);
    connection->deadline = next_deadline();
  }

  void set_handled(entry connection, bool is_handled) {
    const std::lock_guard<std::mutex> lock(mutex_);
    connection->deadline = is_handled ? no_deadline : next_deadline();
    handled_ += is_handled ? 1 : -1;
    if (handled_ == 0) none_handled_.notify_all();
  }

  bool wait_until_none_handled(std::chrono::milliseconds patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    return none_handled_.wait_for(lock, patience, [this] { return handled_ == 0; });
  }

  /// Shuts down the connections whose deadline has passed at `time`; at `no_deadline`, all.
  void shut_late(clock::time_point time) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (served_connection& each : connections_) {
      if (each.deadline <= time) shut(each);
    }
  }

 private:
  static clock::time_point next_deadline() { return clock::now() + http_server::most_time; }

  // Its thread notices the shutdown and closes the socket.
  void shut(served_connection& connection) {
    if (connection.is_shut) return;
    ::shutdown(connection.socket, SHUT_RDWR);
    connection.is_shut = true;
    ++shut_count_;
  }

  void shut_longest_waiting() {
    const auto is_before = [](const served_connection& a, const served_connection& b) {
      return std::pair(a.is_shut, a.deadline) < std::pair(b.is_shut, b.deadline);
    };
    const entry longest = std::min_element(connections_.begin(), connections_.end(), is_before);
    if (longest->deadline != no_deadline) shut(*longest);
  }

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable none_handled_;
  std::list<served_connection> connections_;
  std::size_t shut_count_ = 0;
  int handled_ = 0;
};

/// Calls a function several times a second.
class ticker {
 public:
  explicit ticker(std::function<void()> tick)
      : thread_([this, tick = std::move(tick)] {
          std::unique_lock<std::mutex> lock(mutex_);
          constexpr std::chrono::milliseconds pause(200);
          while (!wake_.wait_for(lock, pause, [this] { return is_over_; })) tick();
        }) {}

  ~ticker() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      is_over_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  ticker(const ticker&) = delete;
  ticker& operator=(const ticker&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_over_ = false;
  std::thread thread_;
};

std::string header(MHD_Connection* connection, const char* name) {
  const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

bool has_header(MHD_Connection* connection, const char* name) {
  return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name) != nullptr;
}

MHD_Result add_parameter(void* to, MHD_ValueKind, const char* key, std::size_t key_size,
                         const char* value, std::size_t value_size) {
  const std::string_view text = value == nullptr ? "" : std::string_view(value, value_size);
  static_cast<serve_request*>(to)->query.emplace(std::string(key, key_size), text);
  return MHD_YES;
}

serve_request request_of(MHD_Connection* connection, const char* method, const char* path) {
  serve_request request;
  request.method = method;
  request.path = path;
  request.secret = header(connection, "X-IDENTITY-HEADER");
  request.metadata = header(connection, "Metadata");
  request.host = header(connection, "Host");
  request.is_forwarded = has_header(connection, "X-Forwarded-For");
  MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, add_parameter, &request);
  return request;
}

void wipe_body(void* body) {
  auto* const text = static_cast<std::string*>(body);
  arc_identity::wipe({text->data(), text->size()});
  delete text;
}

MHD_Result send(MHD_Connection* connection, serve_answer answer) {
  auto* const body = new std::string(std::move(answer.body));
  MHD_Response* const response = MHD_create_response_from_buffer_with_free_callback_cls(
      body->size(), body->data(), wipe_body, body);
  if (response == nullptr) {
    wipe_body(body);
    return MHD_NO;
  }
  MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
  MHD_add_response_header(response, "Cache-Control", "no-store");
  if (answer.status == 405) MHD_add_response_header(response, "Allow", "GET");
  if (answer.retry_after.count() > 0) {
    const std::string seconds = std::to_string(answer.retry_after.count());
    MHD_add_response_header(response, "Retry-After", seconds.c_str());
  }
  const MHD_Result queued =
      MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
  MHD_destroy_response(response);
  return queued;
}

bool has_body(MHD_Connection* connection) {
  const std::string length = header(connection, "Content-Length");
  return has_header(connection, "Transfer-Encoding") || (!length.empty() && length != "0");
}

}  // namespace

class http_server::state {
 public:
  explicit state(handler handle) : handle_(std::move(handle)) {}
  ~state() { stop(std::chrono::hours(1)); }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  bool start(int listening_socket) {
    constexpr unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                               MHD_USE_POLL | MHD_USE_ITC;
    constexpr std::size_t stack = std::size_t{256} * 1024;
    // With room for connections that are shut down but not closed yet.
    constexpr unsigned limit = most_connections + 100;
    daemon_ = MHD_start_daemon(
        flags, 0, nullptr, nullptr, on_request, this, MHD_OPTION_LISTEN_SOCKET, listening_socket,
        MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        memory_per_connection, MHD_OPTION_CONNECTION_TIMEOUT, unsigned{most_time.count()},
        MHD_OPTION_THREAD_STACK_SIZE, stack, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, this, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, this, MHD_OPTION_END);
    if (daemon_ == nullptr) return false;
    ticker_ = std::make_unique<ticker>([this] { table_.shut_late(clock::now()); });
    return true;
  }

  bool stop(std::chrono::milliseconds patience) {
    if (daemon_ == nullptr) return true;
    MHD_quiesce_daemon(daemon_);
    ticker_.reset();
    table_.shut_late(no_deadline);
    if (!table_.wait_until_none_handled(patience)) return false;
    MHD_stop_daemon(daemon_);
    daemon_ = nullptr;
    return true;
  }

 private:
  using entry = connection_table::entry;

  static entry& entry_of(MHD_Connection* connection) {
    const MHD_ConnectionInfo* const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return *static_cast<entry*>(info->socket_context);
  }

  // NOLINTBEGIN(bugprone-easily-swappable-parameters): libmicrohttpd's signature.
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* path,
                               const char* method, const char*, const char*, std::size_t*,
                               void** is_known) {
    auto* const server = static_cast<state*>(self);
    if (*is_known == nullptr) {
      *is_known = server;
      // The body is not read: libmicrohttpd closes the connection after the answer.
      if (has_body(connection)) return send(connection, {413, "", "a body"});
      return MHD_YES;
    }
    const entry known = entry_of(connection);
    server->table_.set_handled(known, true);
    MHD_Result result = MHD_NO;
    try {
      result =
          send(connection, server->handle_(request_of(connection, method, path), known->socket));
    } catch (const std::exception&) {  // out of memory: the connection is closed
    }
    server->table_.set_handled(known, false);
    return result;
  }

  static void on_connection(void* self, MHD_Connection* connection, void** context,
                            MHD_ConnectionNotificationCode what) {
    connection_table& table = static_cast<state*>(self)->table_;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      const MHD_ConnectionInfo* const info =
          MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
      *context = new entry(table.add(info->connect_fd));
      return;
    }
    auto* const known = static_cast<entry*>(*context);
    table.remove(*known);
    delete known;
  }

  static void on_completed(void* self, MHD_Connection* connection, void**,
                           MHD_RequestTerminationCode) {
    static_cast<state*>(self)->table_.set_waiting(entry_of(connection));
  }
  // NOLINTEND(bugprone-easily-swappable-parameters)

  const handler handle_;
  connection_table table_{most_connections};
  std::unique_ptr<ticker> ticker_;
  MHD_Daemon* daemon_ = nullptr;
};

http_server::http_server(handler handle) : state_(std::make_unique<state>(std::move(handle))) {}

http_server::~http_server() = default;

bool http_server::start(int listening_socket) { return state_->start(listening_socket); }

bool http_server::stop(std::chrono::milliseconds patience) { return state_->stop(patience); }

}  // namespace arc_identity_cli
