// SPDX-License-Identifier: MIT

#include "simulate/simulate_options.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "command_argument.hpp"
#include "simulate/simulate_command.hpp"

namespace arc_identity_cli {
namespace {

constexpr const char* footer =
    "COMMAND runs with IDENTITY_ENDPOINT and IMDS_ENDPOINT set, and finds the keys in\n"
    "the agent's own directory:\n"
    "  arc-identity simulate -- \\\n"
    "    arc-identity token --resource https://vault.azure.net\n"
    "In its arguments, {endpoint}, {imds-endpoint}, {port} and {key-directory} are\n"
    "replaced by the agent's values, and {client-id}, {object-id} and {resource-id}\n"
    "by those of the first --identity or, if there is none, of the machine. The ids\n"
    "are also in the variables ARC_IDENTITY_SIMULATED_CLIENT_ID, _OBJECT_ID and\n"
    "_RESOURCE_ID (with _2, _3 ... for further identities), and those of the machine\n"
    "in ARC_IDENTITY_SIMULATED_MACHINE_CLIENT_ID and so on. Variables that lead to\n"
    "other credentials are removed.\n"
    "Without COMMAND, the agent serves until it is interrupted.";

template <typename Number, typename Target>
CLI::Option* add_number(CLI::App& app, const char* name, Target& target, const char* unit,
                        Number least, Number most, const char* help) {
  const auto store = [&target](const Number& value) { target = static_cast<Target>(value); };
  return app.add_option_function<Number>(name, store, help)
      ->check(CLI::Range(least, most))
      ->type_name(unit);
}

constexpr const char* identity_parts = "client_id=ID,object_id=ID,resource_id=ID";

void add_part(simulated_identity& identity, const std::string& part) {
  const std::size_t equals = part.find('=');
  const std::string name = part.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
  if (name == "client_id") {
    identity.client_id = value;
  } else if (name == "object_id") {
    identity.object_id = value;
  } else if (name == "resource_id") {
    identity.resource_id = value;
  } else {
    throw CLI::ValidationError("'" + part +
                               "' is not one of client_id=ID, object_id=ID and resource_id=ID");
  }
}

simulated_identity parsed_identity(const std::string& text) {
  simulated_identity identity;
  if (text.empty()) return identity;
  std::size_t start = 0;
  while (start != std::string::npos) {
    const std::size_t comma = text.find(',', start);
    add_part(identity, text.substr(start, comma == std::string::npos ? comma : comma - start));
    start = comma == std::string::npos ? comma : comma + 1;
  }
  return identity;
}

void add_identity_options(CLI::App& app, simulated_agent_options& agent) {
  const auto store = [&agent](const std::vector<std::string>& texts) {
    agent.identities.clear();
    for (const std::string& text : texts) agent.identities.push_back(parsed_identity(text));
  };
  app.add_option_function<std::vector<std::string>>(
         "--identity", store,
         "A user-assigned identity; omitted ids are generated. Can be repeated")
      ->allow_extra_args(false)  // otherwise it would swallow COMMAND
      ->type_name(identity_parts);
  const auto store_machine = [&agent](const std::string& text) {
    agent.machine = parsed_identity(text);
  };
  app.add_option_function<std::string>(
         "--machine-identity", store_machine,
         "The machine's own identity; omitted ids are the same at every start")
      ->type_name(identity_parts);
}

void add_answer_options(CLI::App& app, simulated_agent_options& agent) {
  app.add_flag("--legacy", agent.legacy,
               "Act as an old agent that ignores which identity is requested");
  app.add_flag_callback(
      "--no-challenge", [&agent] { agent.challenge = false; }, "Answer 200 without a challenge");
  app.add_flag("--numeric-expiry", agent.numeric_expiry, "Send times as JSON numbers");
  const auto store_lifetime = [&agent](long value) {
    agent.token_lifetime = std::chrono::seconds(value);
  };
  app.add_option_function<long>("--token-lifetime", store_lifetime, "Lifetime of a token [86400]")
      ->check(CLI::Range(1L, 10L * 365 * 86400))
      ->type_name("SECONDS");
  add_number<long>(app, "--token-size", agent.token_size, "BYTES", 0, 1 << 20,
                   "Approximate length of a token [1500]");
}

void add_trouble_options(CLI::App& app, simulated_agent_options& agent) {
  CLI::Option* first = add_number<long>(app, "--fail-first", agent.fail_first, "N", 0, 1000000,
                                        "Refuse the first N token requests");
  add_number<int>(app, "--fail-status", agent.fail_status, "CODE", 400, 599,
                  "Status of these refusals [503]")
      ->needs(first);
  const auto store_retry = [&agent](long value) {
    agent.retry_after = std::chrono::seconds(value);
  };
  app.add_option_function<long>("--retry-after", store_retry,
                                "Send Retry-After with these refusals")
      ->check(CLI::Range(0L, 86400L))
      ->type_name("SECONDS")
      ->needs(first);
  add_number<long>(app, "--rate-limit", agent.rate_limit, "N", 1, 1000000,
                   "Answer 429 to more than N token requests per second");
  const auto store_latency = [&agent](long value) {
    agent.latency = std::chrono::milliseconds(value);
  };
  app.add_option_function<long>("--latency", store_latency, "Delay before each answer")
      ->check(CLI::Range(0L, 3600000L))
      ->type_name("MS");
}

}  // namespace

void add_simulate_options(CLI::App& simulate, simulate_command_options& options) {
  add_number<int>(simulate, "--port", options.agent.port, "N", 0, 65535,
                  "Port to listen on; 0 picks a free one [0]");
  simulate
      .add_option("--key-directory", options.agent.key_directory,
                  "Directory of the key files [for COMMAND, at the path of the agent's own; "
                  "without COMMAND, a temporary one]")
      ->type_name("DIR");
  simulate
      .add_option("--realm-directory", options.agent.realm_directory,
                  "Path of that directory in challenges, for a client that sees it elsewhere")
      ->type_name("DIR");
  add_identity_options(simulate, options.agent);
  add_answer_options(simulate, options.agent);
  add_trouble_options(simulate, options.agent);
  simulate.add_flag("--verbose", options.verbose, "Log each request to standard error");
  simulate
      .add_option("--log", options.log_file,
                  "Append a line of JSON for each request to FILE; it shows no key and no token")
      ->type_name("FILE");
  add_command_argument(simulate, options.command,
                       "A program to run against the agent, and its arguments");
  simulate.footer(footer);
}

}  // namespace arc_identity_cli
