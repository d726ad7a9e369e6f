// SPDX-License-Identifier: MIT
// The cost of a token that is not cached, against the simulated agent over a real socket, and the
// share of each step. The agent runs in this process; its time is not the library's.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <benchmark/benchmark.h>
#include <arc_identity/arc_identity.hpp>

#include "simulate/simulated_agent.hpp"
#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

using arc_identity::mutable_buffer;
using arc_identity_cli::simulated_agent;
using namespace std::chrono_literals;

const std::string vault = "https://vault.azure.net";
const std::string url = "http://127.0.0.1:40342/metadata/identity/oauth2/token";
const std::string challenge = agent_texts::challenge();
const std::string token_body = agent_texts::token_body("", std::string(1500, 'x'));
const std::string token = agent_texts::response(200, "", token_body);
std::array<char, std::size_t{16} * 1024> workspace;

simulated_agent& agent() {
  static simulated_agent instance;
  static const bool is_started = instance.start().empty();
  if (!is_started) std::abort();
  return instance;
}

/// Ends the benchmark if a step fails, because its time would be meaningless.
void require(benchmark::State& state, bool holds) {
  if (!holds) state.SkipWithError("the step failed");
}

// --- The whole ---------------------------------------------------------------------------------

void cold_get(benchmark::State& state) {
  const std::string endpoint = agent().endpoint();
  arc_identity::options options;
  options.endpoint = endpoint;
  options.key_directory = agent().key_directory();
  for (auto _ : state) {
    arc_identity::credential fresh(options);
    require(state, fresh.get_token(vault).has_value());
  }
}
BENCHMARK(cold_get)->UseRealTime();

/// All of the library's own work between the system calls.
void handshake_alone(benchmark::State& state) {
  arc_identity::endpoint endpoint;
  (void)endpoint.assign(url);
  const auto give = [](auto& handshake, const std::string& response) {
    handshake.sent(handshake.output().size());
    std::memcpy(handshake.input().data(), response.data(), response.size());
    handshake.received(response.size());
  };
  for (auto _ : state) {
    arc_identity::handshake handshake(endpoint, vault, workspace);
    handshake.connected();
    give(handshake, challenge);
    std::memcpy(handshake.key_space().data(), agent_texts::key.data(), agent_texts::key.size());
    handshake.key_read({arc_identity::key_file_status::ok, agent_texts::key.size()});
    give(handshake, token);
    require(state, handshake.result().has_value());
  }
}
BENCHMARK(handshake_alone);

// --- The steps -----------------------------------------------------------------------------------

void build_request(benchmark::State& state) {
  for (auto _ : state) {
    arc_identity::http::request_writer writer{mutable_buffer(workspace)};
    writer.append("GET /metadata/identity/oauth2/token");
    writer.append_parameter("?api-version=", "2020-06-01");
    writer.append_parameter("&resource=", vault);
    writer.append(" HTTP/1.1\r\nHost: 127.0.0.1:40342\r\nMetadata: true\r\n\r\n");
    benchmark::DoNotOptimize(workspace);
    require(state, writer.ok());
  }
}
BENCHMARK(build_request);

void connect_and_close(benchmark::State& state) {
  const raw_agent closing([](raw_connection&, std::size_t) {});
  arc_identity::endpoint endpoint;
  const std::string there = closing.url();
  (void)endpoint.assign(there);
  arc_identity::system::socket_transport transport;
  for (auto _ : state) {
    const auto result = transport.connect(endpoint.address(0), 5s);
    require(state, result.status == arc_identity::io_status::ok);
    transport.close();
  }
}
BENCHMARK(connect_and_close)->UseRealTime()->Iterations(500);  // to save ports

/// A request with an immediate answer.
void send_and_receive(benchmark::State& state) {
  const raw_agent talking([](raw_connection& connection, std::size_t) {
    while (!connection.read_request().empty()) connection.send("HTTP/1.1 204 Nothing\r\n\r\n");
  });
  arc_identity::endpoint endpoint;
  const std::string there = talking.url();
  (void)endpoint.assign(there);
  arc_identity::system::socket_transport transport;
  (void)transport.connect(endpoint.address(0), 5s);
  for (auto _ : state) {
    (void)transport.send("\r\n\r\n", 5s);
    require(state, transport.receive(workspace, 5s).count != 0);
  }
}
BENCHMARK(send_and_receive)->UseRealTime();

void parse_response(benchmark::State& state, const std::string& response) {
  for (auto _ : state) {
    arc_identity::http::response_parser parser{mutable_buffer(workspace)};
    require(state, parser.feed(response) == arc_identity::http::parse_status::complete);
  }
}
BENCHMARK_CAPTURE(parse_response, challenge, challenge);
BENCHMARK_CAPTURE(parse_response, token, token);

void find_key_path(benchmark::State& state) {
  const std::string value = "Basic realm=" + agent_texts::key_path;
  for (auto _ : state) {
    require(state,
            arc_identity::challenge::key_path(value, agent_texts::key_directory).has_value());
  }
}
BENCHMARK(find_key_path);

void read_key_file(benchmark::State& state) {
  const temporary_directory directory;
  const std::string path = directory.write("one.key", agent_texts::key);
  const arc_identity::system::key_file_reader reader;
  for (auto _ : state) {
    const auto result = reader.read(path.c_str(), mutable_buffer(workspace).first(4096));
    require(state, result.status == arc_identity::key_file_status::ok);
  }
}
BENCHMARK(read_key_file);

void parse_token(benchmark::State& state) {
  for (auto _ : state) {
    std::memcpy(workspace.data(), token_body.data(), token_body.size());
    const mutable_buffer body = mutable_buffer(workspace).first(token_body.size());
    require(state, arc_identity::token_response::parse(
                       body, arc_identity::managed_identity_id::system_assigned(), 1'790'000'000s)
                       .has_value());
  }
}
BENCHMARK(parse_token);

void make_access_token(benchmark::State& state) {
  const std::string secret(1500, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(arc_identity::access_token::make(secret, vault, 1'790'000'000s));
  }
}
BENCHMARK(make_access_token);

}  // namespace
