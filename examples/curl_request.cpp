// SPDX-License-Identifier: MIT
//
// A request to an Azure service with the machine's token, with libcurl. A token that the service
// rejects is replaced once.
//
//     g++ -std=c++17 -I ../include -pthread curl_request.cpp -lcurl -o curl_request
//     ./curl_request https://management.azure.com/
//     'https://management.azure.com/subscriptions?api-version=2022-12-01'
//
// An optional last argument, for tests, is a file with CA certificates to trust.

#include <arc_identity/arc_identity.hpp>

#include <curl/curl.h>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace {

/// Returns the status, or 0 after printing why there is none. The answer's body goes to standard
/// output.
long send(CURL* session, const char* url, std::string_view authorization) {
  const std::string field = "Authorization: " + std::string(authorization);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> fields(
      curl_slist_append(nullptr, field.c_str()), curl_slist_free_all);
  curl_easy_setopt(session, CURLOPT_URL, url);
  curl_easy_setopt(session, CURLOPT_HTTPHEADER, fields.get());

  const CURLcode failure = curl_easy_perform(session);
  if (failure != CURLE_OK) {
    std::fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(failure));
    return 0;
  }
  long status = 0;
  curl_easy_getinfo(session, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s RESOURCE URL [CA-FILE]\n", argv[0]);
    return 2;
  }
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> session(curl_easy_init(),
                                                                    curl_easy_cleanup);
  if (argc > 3) curl_easy_setopt(session.get(), CURLOPT_CAINFO, argv[3]);
  arc_identity::credential credential;
  const arc_identity::token_request request(argv[1]);
  auto token = credential.get_token(request);
  long status = token ? send(session.get(), argv[2], token->authorization()) : 0;
  if (token && status == 401) {
    token = credential.force_refresh(request, *token);
    if (token) status = send(session.get(), argv[2], token->authorization());
  }
  if (!token) std::fprintf(stderr, "%s\n", token.error().message());
  return status == 200 ? 0 : 1;
}
