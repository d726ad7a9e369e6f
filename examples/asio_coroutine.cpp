// SPDX-License-Identifier: MIT
//
// Gets tokens in coroutines of Asio (C++20), which drive the handshake directly: they co_await
// each thing that it needs. Two exchanges run at once in one thread.
//
//     g++ -std=c++20 -I ../include -pthread asio_coroutine.cpp -o asio_coroutine
//     ./asio_coroutine
//
// Needs Asio without Boost, 1.22 or later (Debian: libasio-dev); it has no coroutines with clang
// 14. With a simulated agent: arc-identity simulate -- ./asio_coroutine '{key-directory}'

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

using arc_identity::io_status;
using arc_identity::need;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;

tcp::endpoint to_asio(const arc_identity::loopback_address& peer) {
  if (peer.is_ipv6) return {asio::ip::address_v6::loopback(), peer.port};
  const auto& [a, b, c, d] = peer.ipv4;
  return {asio::ip::address_v4({a, b, c, d}), peer.port};
}

io_status status_of(const asio::error_code& error) {
  if (error == asio::error::connection_refused) return io_status::refused;
  if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return io_status::lost;
  }
  return io_status::failed;
}

/// Reports who owns the other end, so that another user's program on the agent's port does not get
/// the key.
void report_owner(arc_identity::handshake& handshake, tcp::socket& socket) {
  handshake.peer_owned_by(arc_identity::system::peer_owner(socket.native_handle(), handshake.peer(),
                                                           handshake.key_owner()));
}

/// Continues until the handshake ends or has to wait. Throws if it is cancelled.
asio::awaitable<void> attempt(arc_identity::handshake& handshake) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  arc_identity::system::key_file_reader key_files;
  asio::error_code error;
  auto result_or_error = asio::redirect_error(asio::use_awaitable, error);

  for (;;) {
    switch (handshake.next()) {
      case need::connect:
        socket = tcp::socket(executor);
        co_await socket.async_connect(to_asio(handshake.peer()), result_or_error);
        if (error) break;
        report_owner(handshake, socket);  // It matters only under agent_check::strict.
        handshake.connected();
        break;
      case need::send: {
        if (handshake.carries_key()) report_owner(handshake, socket);
        if (handshake.next() != need::send) break;
        const auto output = asio::buffer(handshake.output().data(), handshake.output().size());
        const std::size_t count = co_await socket.async_send(output, result_or_error);
        if (!error) handshake.sent(count);
        break;
      }
      case need::receive: {
        const auto input = asio::buffer(handshake.input().data(), handshake.input().size());
        const std::size_t count = co_await socket.async_receive(input, result_or_error);
        if (error == asio::error::eof) error.clear();  // Zero bytes mean the end of the stream.
        if (!error) handshake.received(count);
        break;
      }
      case need::read_key:  // A small file on a local disk: this does not block.
        handshake.key_read(key_files.read(handshake.key_path(), handshake.key_space()));
        break;
      case need::wait:
      case need::nothing: co_return;
    }
    if (error == asio::error::operation_aborted) throw asio::system_error(error);
    if (error) handshake.failed(status_of(error), error.value());
  }
}

/// Drives the handshake to its end, or to a wait that would exceed `end`. Throws if it is
/// cancelled.
asio::awaitable<void> drive(arc_identity::handshake& handshake,
                            const arc_identity::options& options,
                            std::chrono::steady_clock::time_point end) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(options.attempt_timeout);
    // The first to finish cancels the other.
    co_await(attempt(handshake) || timer.async_wait(asio::use_awaitable));
    const bool is_over = handshake.next() == need::nothing || handshake.next() == need::wait;
    if (!is_over) handshake.failed(io_status::timed_out);
    if (handshake.next() == need::nothing) co_return;
    timer.expires_after(handshake.wait_time());
    if (timer.expiry() >= end) co_return;
    co_await timer.async_wait(asio::use_awaitable);
    handshake.waited();
  }
}

/// A workspace that is wiped however the coroutine ends.
struct wiped_workspace {
  char bytes[16 * 1024];
  ~wiped_workspace() { arc_identity::wipe(bytes); }
};

/// Gets a token and reports it.
asio::awaitable<void> print_token(const arc_identity::endpoint& endpoint, std::string resource,
                                  const arc_identity::options& options, int& exit_code) {
  wiped_workspace workspace;  // in the coroutine's frame; the token is a view into it
  arc_identity::handshake handshake(endpoint, resource, workspace.bytes, options);
  // The time, to recognize an expired token, and a seed, which spreads the retries of many
  // programs.
  handshake.start_at(std::chrono::seconds(std::time(nullptr)), std::random_device{}());
  asio::steady_timer end(co_await asio::this_coro::executor, options.total_timeout);
  co_await(drive(handshake, options, end.expiry()) || end.async_wait(asio::use_awaitable));
  handshake.give_up();  // has no effect if there is a result
  const auto token = handshake.result();
  if (token) {
    std::printf("%s: a token of %zu bytes\n", resource.c_str(), token->access_token.size());
  } else {
    std::printf("%s: %s\n", resource.c_str(), token.error().message());
    exit_code = 1;
  }
}

int main(int argc, char** argv) {
  // Your own loop must find the endpoint itself; `arc_identity::client` searches more places.
  const char* const variable = std::getenv("IDENTITY_ENDPOINT");
  const auto endpoint = arc_identity::endpoint::parse(
      variable != nullptr ? variable : arc_identity::default_endpoint_url);
  if (!endpoint) {
    std::fprintf(stderr, "%s\n", endpoint.error().message());
    return 1;
  }
  arc_identity::options options;
  if (argc > 1) options.key_directory = argv[1];

  int exit_code = 0;
  asio::io_context loop(1);
  for (const char* const resource : {"https://vault.azure.net", "https://storage.azure.com"}) {
    asio::co_spawn(loop, print_token(*endpoint, resource, options, exit_code), asio::detached);
  }
  loop.run();
  return exit_code;
}
