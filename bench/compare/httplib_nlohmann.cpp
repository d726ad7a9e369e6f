// SPDX-License-Identifier: MIT
// Prints a token for each resource: cpp-httplib and nlohmann-json.

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <httplib.h>
#include <nlohmann/json.hpp>

std::string read_key(const std::string& challenge) {
  const std::string prefix = "Basic realm=";
  if (challenge.compare(0, prefix.size(), prefix) != 0) {
    throw std::runtime_error("unexpected challenge: " + challenge);
  }
  const std::string path = challenge.substr(prefix.size());
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class token_source {
 public:
  /// The endpoint is http://HOST:PORT/PATH.
  explicit token_source(const std::string& endpoint)
      : client_(endpoint.substr(0, path_start(endpoint))),
        path_(endpoint.substr(path_start(endpoint))) {
    client_.set_keep_alive(true);
    client_.set_connection_timeout(10);
    client_.set_read_timeout(10);
  }

  std::string get_token(const std::string& resource) {
    const httplib::Params query{{"api-version", "2020-06-01"}, {"resource", resource}};
    httplib::Headers headers{{"Metadata", "true"}};
    auto response = client_.Get(path_, query, headers);
    if (response && response->status == 401) {
      const auto key = read_key(response->get_header_value("WWW-Authenticate"));
      headers.emplace("Authorization", "Basic " + key);
      response = client_.Get(path_, query, headers);
    }
    if (!response) throw std::runtime_error(httplib::to_string(response.error()));
    if (response->status != 200) throw std::runtime_error(response->body);
    return nlohmann::json::parse(response->body).at("access_token").get<std::string>();
  }

 private:
  static std::size_t path_start(const std::string& url) {
    return url.find('/', url.find("//") + 2);
  }

  httplib::Client client_;
  std::string path_;
};

int main(int argc, char** argv) {
  const char* endpoint = std::getenv("IDENTITY_ENDPOINT");
  if (!endpoint) {
    std::cerr << "IDENTITY_ENDPOINT is not set\n";
    return 1;
  }
  try {
    token_source source(endpoint);
    for (int i = 1; i < argc; ++i) std::cout << source.get_token(argv[i]) << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
