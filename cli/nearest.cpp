// SPDX-License-Identifier: MIT

#include "nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>

namespace arc_identity_cli {
namespace {

std::string_view without_dashes(std::string_view word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

/// The number of characters to insert, remove or change.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char written : from) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < to.size(); ++j) {
      using arc_identity::detail::to_lower;
      const std::size_t changed = diagonal + (to_lower(written) == to_lower(to[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest(const std::string& given, const std::vector<std::string>& words) {
  std::string best;
  std::size_t least = given.size() + 1;
  for (const std::string& word : words) {
    const std::string_view meant = without_dashes(word);
    const std::size_t differences = distance(without_dashes(given), meant);
    if (differences >= least || differences * 2 > meant.size()) continue;
    least = differences;
    best = word;
  }
  return best;
}

}  // namespace arc_identity_cli
