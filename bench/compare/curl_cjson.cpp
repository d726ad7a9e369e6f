// SPDX-License-Identifier: MIT
// Prints a token for each resource: libcurl and cJSON.

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include <cjson/cJSON.h>
#include <curl/curl.h>

struct free_with_curl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(char* text) const { curl_free(text); }
};

struct http_response {
  long status = 0;
  std::string challenge, body;
};

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

struct free_with_cjson {
  void operator()(cJSON* json) const { cJSON_Delete(json); }
};

std::string access_token(const std::string& body) {
  const std::unique_ptr<cJSON, free_with_cjson> json(cJSON_Parse(body.c_str()));
  const cJSON* token = cJSON_GetObjectItemCaseSensitive(json.get(), "access_token");
  if (!cJSON_IsString(token)) throw std::runtime_error("no token in the answer");
  return token->valuestring;
}

class token_source {
 public:
  explicit token_source(std::string endpoint) : endpoint_(std::move(endpoint)) {
    if (!curl_) throw std::runtime_error("libcurl does not start");
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEFUNCTION, &token_source::take_body);
    curl_easy_setopt(curl_.get(), CURLOPT_TIMEOUT, 10L);
    curl_easy_setopt(curl_.get(), CURLOPT_NOSIGNAL, 1L);
  }

  std::string get_token(const std::string& resource) {
    const std::unique_ptr<char, free_with_curl> escaped(
        curl_easy_escape(curl_.get(), resource.c_str(), 0));
    if (!escaped) throw std::bad_alloc();
    const std::string url =
        endpoint_ + "?api-version=2020-06-01&resource=" + std::string(escaped.get());
    http_response response = get(url, {});
    if (response.status == 401) {
      response = get(url, "Authorization: Basic " + read_key(response.challenge));
    }
    if (response.status != 200) throw std::runtime_error(response.body);
    return access_token(response.body);
  }

 private:
  http_response get(const std::string& url, const std::string& authorization) {
    curl_slist* fields = curl_slist_append(nullptr, "Metadata: true");
    if (!authorization.empty()) fields = curl_slist_append(fields, authorization.c_str());
    const std::unique_ptr<curl_slist, free_with_curl> owner(fields);
    http_response response;
    curl_easy_setopt(curl_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_.get(), CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl_.get(), CURLOPT_WRITEDATA, &response.body);
    const CURLcode code = curl_easy_perform(curl_.get());
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &response.status);
    curl_header* challenge = nullptr;
    if (curl_easy_header(curl_.get(), "WWW-Authenticate", 0, CURLH_HEADER, -1, &challenge) ==
        CURLHE_OK) {
      response.challenge = challenge->value;
    }
    return response;
  }

  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* body) {
    static_cast<std::string*>(body)->append(data, size);
    return size;
  }

  std::unique_ptr<CURL, free_with_curl> curl_{curl_easy_init()};
  std::string endpoint_;
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
