// SPDX-License-Identifier: MIT
// A date has the value that the C library gives.
//
// Input: the date.

#include <ctime>
#include <string>

#include <arc_identity/instance_metadata/http_date.hpp>

#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::input(data, size).rest();
  const std::int64_t seconds = arc_identity::detail::parse_http_date(text);
  fuzz::require(seconds >= -1 && seconds <= 253402300800, "the date is from 1970 to 9999");
  if (seconds < 0) return 0;

  // A leap second and the 31st of a short month count as the next day.
  if (text.substr(23, 2) == "60" || text.substr(5, 2) > "28") return 0;
  const auto time = static_cast<std::time_t>(seconds);
  char expected[32];
  const std::size_t length =
      std::strftime(expected, sizeof expected, "%d %b %Y %H:%M:%S GMT", std::gmtime(&time));
  fuzz::require(text.substr(5) == std::string_view(expected, length),
                "the C library gives the same date");
  return 0;
}
