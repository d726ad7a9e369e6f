// SPDX-License-Identifier: MIT
//
// json once: reads the token response of 2 KB once, after a warm-up. For callgrind, which collects
//     in the function `measured`.
// json time: measures that and simdjson's DOM in rotation; prints JSON. Both validate the whole
//     text and look up the same nine members. Ours also checks the values, as
//     `token_response::parse` does; the time without these checks, and the ratio when simdjson
//     looks up five members, are printed as well.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>
#include <arc_identity/core.hpp>

#include "token_body.hpp"

namespace {

namespace json = arc_identity::json;

constexpr char names[] =
    "access_token\0token_type\0resource\0expires_in\0expires_on\0"
    "client_id\0object_id\0msi_res_id\0mi_res_id\0";
constexpr std::string_view names_of_simdjson[] = {"access_token", "token_type", "resource",
                                                  "expires_in",   "expires_on", "client_id",
                                                  "object_id",    "msi_res_id", "mi_res_id"};
constexpr std::size_t name_count = std::size(names_of_simdjson);

/// Prevents the compiler from removing the computation of `value`.
template <class T>
void keep(T& value) {
  __asm__ __volatile__("" : : "g"(&value) : "memory");
}

void require(bool holds) {
  if (!holds) std::abort();
}

class reader {
 public:
  explicit reader(const std::string& body)
      : text_(body + std::string(simdjson::SIMDJSON_PADDING, '\0')), size_(body.size()) {
    require(parser_.allocate(size_) == simdjson::SUCCESS);
  }

  void parse() {
    auto token = arc_identity::token_response::parse(
        arc_identity::mutable_buffer(text_.data(), size_),
        arc_identity::managed_identity_id::system_assigned(), std::chrono::seconds(1'790'000'000));
    require(token.has_value());
    keep(token);
  }

  /// callgrind collects in here.
  __attribute__((noinline)) void measured() { parse(); }

  __attribute__((noinline)) void extract() const {
    json::value values[name_count];
    require(json::extract({text_.data(), size_}, names, values));
    keep(values);
  }

  /// In the buffer that received the text, which has room after it. The first `members` are looked
  /// up.
  __attribute__((noinline)) void simdjson_dom(std::size_t members) {
    std::string_view values[name_count];
    simdjson::dom::object object;
    require(parser_.parse(text_.data(), size_, false).get(object) == simdjson::SUCCESS);
    for (std::size_t i = 0; i < members; ++i) {
      // if it is missing, the view stays empty
      if (object.at_key(names_of_simdjson[i]).get(values[i]) != simdjson::SUCCESS) continue;
    }
    require(!values[0].empty());
    keep(values);
  }

 private:
  std::string text_;
  std::size_t size_;
  simdjson::dom::parser parser_{};
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// In nanoseconds, for several calls.
template <class Call>
double time_of(Call call) {
  constexpr int calls = 200;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; ++i) call();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin)
             .count() /
         calls;
}

void compare(reader& body, std::size_t size) {
  std::vector<double> parse;
  std::vector<double> extract;
  std::vector<double> dom;
  std::vector<double> ratios;
  std::vector<double> ratios_to_five;
  for (int round = 0; round < 3000; ++round) {
    parse.push_back(time_of([&] { body.measured(); }));
    dom.push_back(time_of([&] { body.simdjson_dom(name_count); }));
    extract.push_back(time_of([&] { body.extract(); }));
    ratios.push_back(parse.back() / dom.back());
    ratios_to_five.push_back(parse.back() / time_of([&] { body.simdjson_dom(5); }));
  }
  std::printf(
      "{\"bytes\": %zu, \"parse_ns\": %.1f, \"extract_ns\": %.1f, \"simdjson_dom_ns\": %.1f, "
      "\"ratio\": %.3f, \"ratio_to_five\": %.3f, \"simdjson\": \"%s\"}\n",
      size, median(parse), median(extract), median(dom), median(ratios), median(ratios_to_five),
      simdjson::get_active_implementation()->name().c_str());
}

}  // namespace

int main(int count, char** words) {
  const std::string_view mode = count == 2 ? words[1] : "";
  const std::string text = budgets::token_body();
  reader body(text);
  if (mode == "once") {
    body.parse();
    body.measured();
  } else if (mode == "time") {
    compare(body, text.size());
  } else {
    std::fputs("usage: json once | time\n", stderr);
    return 2;
  }
  return 0;
}
