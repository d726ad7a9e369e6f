// SPDX-License-Identifier: MIT

#include "doctor/doctor_finding.hpp"

#include <algorithm>

#include <arc_identity/version.hpp>

#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

const char* name_of(finding_status status) {
  switch (status) {
    case finding_status::ok: return "ok";
    case finding_status::note: return "note";
    case finding_status::problem: break;
  }
  return "problem";
}

bool is_problem(const finding& one) { return one.status == finding_status::problem; }

/// With ECMA-48 control sequences: green, yellow, bold red.
std::string coloured(const std::string& text, finding_status status, const text_style& style) {
  if (!style.has_colour) return text;
  const char* const colour = status == finding_status::ok     ? "\x1b[32m"
                             : status == finding_status::note ? "\x1b[33m"
                                                              : "\x1b[1;31m";
  return colour + text + "\x1b[0m";
}

std::string padded(std::string text, std::size_t size) {
  if (text.size() < size) text.append(size - text.size(), ' ');
  return text;
}

}  // namespace

verdict verdict_of(const std::vector<finding>& findings) {
  const auto first = std::find_if(findings.begin(), findings.end(), is_problem);
  if (first == findings.end()) return {"All is well: this user can get tokens", exit_done};
  const auto count = std::count_if(findings.begin(), findings.end(), is_problem);
  const auto ends_with = [&](int code) {
    return std::any_of(findings.begin(), findings.end(), [code](const finding& one) {
      return is_problem(one) && one.exit_code == code;
    });
  };
  const int code = ends_with(exit_not_arc)  ? exit_not_arc
                   : ends_with(exit_usage)  ? exit_usage
                   : ends_with(exit_denied) ? exit_denied
                                            : exit_failed;
  const std::string number = std::to_string(count) + (count == 1 ? " problem" : " problems");
  return {number + "; start with: " + first->name, code};
}

std::string text_report(const std::vector<finding>& findings, const text_style& style) {
  constexpr std::size_t status_width = 9;
  constexpr std::size_t name_width = 15;
  constexpr std::size_t indent = status_width + name_width;
  const std::string arrow = "-> ";
  std::string text;
  for (auto one = findings.begin(); one != findings.end(); ++one) {
    text += coloured(padded(name_of(one->status), status_width), one->status, style) +
            padded(one->name, name_width) +
            wrapped(without_controls(one->found), indent, style.width) + '\n';
    if (one->advice.empty()) continue;
    const auto before = std::find_if(
        findings.begin(), one, [one](const finding& other) { return other.advice == one->advice; });
    const std::string advice =
        before == one ? without_controls(one->advice) : std::string("as for: ") + before->name;
    text += std::string(indent, ' ') + arrow + wrapped(advice, indent + arrow.size(), style.width) +
            '\n';
  }
  const verdict verdict = verdict_of(findings);
  const finding_status all =
      verdict.exit_code == exit_done ? finding_status::ok : finding_status::problem;
  return text + coloured(without_controls(verdict.text), all, style) + '\n';
}

std::string json_report(const std::vector<finding>& findings) {
  const auto quoted = [](std::string_view text) { return json_text(without_controls(text)); };
  const verdict verdict = verdict_of(findings);
  std::string checks;
  for (const finding& one : findings) {
    if (!checks.empty()) checks += ',';
    checks += "{\"name\":" + quoted(one.name) + ",\"status\":" + quoted(name_of(one.status)) +
              ",\"found\":" + quoted(one.found) + ",\"advice\":" + quoted(one.advice) + '}';
  }
  return "{\"version\":\"" ARC_IDENTITY_VERSION "\",\"exit_code\":" +
         std::to_string(verdict.exit_code) + ",\"verdict\":" + quoted(verdict.text) +
         ",\"checks\":[" + checks + "]}\n";
}

}  // namespace arc_identity_cli
