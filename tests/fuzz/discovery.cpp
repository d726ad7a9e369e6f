// SPDX-License-Identifier: MIT
// Discovery gives the endpoint of the environment, or the agent's default, and nothing else.
//
// Input: flags; lines with IDENTITY_ENDPOINT, IMDS_ENDPOINT and IDENTITY_HEADER; the drop-in.

#include <algorithm>
#include <string>

#include <arc_identity/system/discovery.hpp>

#include "fuzz.hpp"

namespace {

using arc_identity::errc;
using arc_identity::system::sighting;
using fuzz::require;

struct environment {
  static constexpr const char* drop_in = "drop-in";
  static constexpr const char* agent_executable = "agent";
  static const char* searched() { return "nothing was found"; }
  static constexpr const char* drop_in_remedy = "Correct the drop-in";
  static std::string_view key_directory() { return "/keys"; }

  std::string_view variable(std::string_view name) const {
    if (name == "IDENTITY_ENDPOINT") return identity_endpoint;
    if (name == "IMDS_ENDPOINT") return imds_endpoint;
    require(name == "IDENTITY_HEADER", "no other variable is read");
    return identity_header;
  }
  sighting read(const char* path, arc_identity::mutable_buffer space) const {
    require(path == std::string_view(drop_in), "only the drop-in is read");
    const std::size_t size = std::min(space.size(), text.size());
    std::copy_n(text.data(), size, space.data());
    return {true, 0, {space.data(), size}};
  }
  sighting look_at(const char* path) const {
    require(path == std::string_view(agent_executable),
            "only the agent's executable is looked for");
    return {has_agent, has_agent ? 0 : error};
  }

  std::string_view identity_endpoint{};
  std::string_view imds_endpoint{};
  std::string_view identity_header{};
  std::string_view text{};
  bool has_agent = false;
  int error = 0;
};

/// Whether the text contains these characters in this order, with only quotes and line ends in
/// between.
bool has_in_order(std::string_view text, std::string_view wanted) {
  for (const char c : text) {
    if (!wanted.empty() && c == wanted.front()) wanted.remove_prefix(1);
  }
  return wanted.empty();
}

void check_found(const environment& given, std::string_view endpoint) {
  const bool in_variables = !given.identity_endpoint.empty() && !given.imds_endpoint.empty();
  const bool no_variables = given.identity_endpoint.empty() && given.imds_endpoint.empty();
  require(in_variables || no_variables, "a pair with one variable gives no endpoint");
  if (in_variables) {
    require(given.identity_header.empty(), "App Service gives no endpoint");
    require(endpoint == given.identity_endpoint, "the endpoint is IDENTITY_ENDPOINT");
    require(arc_identity::endpoint::parse(given.imds_endpoint).has_value(),
            "IMDS_ENDPOINT is a valid endpoint");
  } else if (endpoint != arc_identity::default_endpoint_url) {
    require(fuzz::contains(given.text, "DefaultEnvironment") &&
                has_in_order(given.text, "IDENTITY_ENDPOINT=" + std::string(endpoint)) &&
                has_in_order(given.text, "IMDS_ENDPOINT=http://"),
            "the endpoint is in the drop-in");
  } else {
    require(given.has_agent || has_in_order(given.text, endpoint),
            "the default is used only if the agent is installed");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const unsigned flags = input.byte();
  environment given;
  given.has_agent = (flags & 1) != 0;
  given.error = (flags & 2) != 0 ? 13 : 0;
  given.identity_endpoint = input.line();
  given.imds_endpoint = input.line();
  given.identity_header = input.line();
  given.text = input.rest();

  arc_identity::system::basic_discovery<environment> discovery(given);
  const auto failure = discovery.find(arc_identity::options{});
  require(discovery.key_directory() == "/keys", "the key directory is the platform's");
  if (failure.code == errc{}) {
    check_found(given, discovery.endpoint());
  } else {
    require(failure.code == errc::invalid_endpoint || failure.code == errc::not_arc_server ||
                (failure.code == errc::discovery_failed && given.error != 0),
            "the error has an expected code");
    fuzz::require_good_message(arc_identity::error(failure));
  }
  return 0;
}
