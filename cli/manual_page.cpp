// SPDX-License-Identifier: MIT

#include "manual_page.hpp"

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <arc_identity/version.hpp>

#include "usage.hpp"

namespace arc_identity_cli {
namespace {

using command_list = std::vector<const CLI::App*>;

/// Text for troff: hyphens and backslashes are literal, and no line is a request.
std::string troff(const std::string& text) {
  std::string out;
  bool at_begin = true;
  for (const char c : text) {
    if (at_begin && (c == '.' || c == '\'')) out += "\\&";
    out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    at_begin = c == '\n';
  }
  return out;
}

/// "\fB--name\fR \fIVALUE\fR", or "\fINAME\fR" of an argument.
std::string manual_name(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += "\\fB\\-" + troff(name) + "\\fR, ";
  for (const std::string& name : option.get_lnames())
    names += "\\fB\\-\\-" + troff(name) + "\\fR, ";
  if (names.empty()) return "\\fI" + troff(option.get_name(true)) + "\\fR";
  names.resize(names.size() - 2);
  const std::string placeholder = placeholder_of(option);
  return placeholder.empty() ? names : names + " \\fI" + troff(placeholder) + "\\fR";
}

std::string manual_option(const CLI::Option& option) {
  return ".TP\n" + manual_name(option) + troff(needs_of(option)) + '\n' +
         troff(option.get_description()) + '\n';
}

/// What a command requires, in one line.
std::string manual_usage(const CLI::App& command) {
  std::string required;
  std::string arguments;
  for (const CLI::Option* option : options_of(command)) {
    if (option->get_positional()) {
      arguments += " \\fI" + troff(positional_usage(*option)) + "\\fR";
    } else if (option->get_required()) {
      required += ' ' + manual_name(*option);
    }
  }
  return ".PP\n\\fBarc\\-identity " + troff(command.get_name()) + "\\fR" + required +
         " [\\fIOPTION\\fR]..." + arguments + '\n';
}

/// A command's footer: indented lines are code, the others text.
std::string manual_footer(const std::string& footer) {
  std::string page;
  bool is_code = true;
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) {
    const bool was_code = is_code;
    is_code = line.rfind("  ", 0) == 0;
    if (is_code != was_code) page += is_code ? ".PP\n.nf\n" : page.empty() ? ".PP\n" : ".fi\n.PP\n";
    page += troff(is_code ? line.substr(2) : line) + '\n';
  }
  return is_code && !page.empty() ? page + ".fi\n" : page;
}

/// Options of many commands are explained once, after the commands.
class common_options {
 public:
  explicit common_options(const command_list& commands) {
    for (const CLI::App* command : commands) {
      for (const CLI::Option* option : options_of(*command)) ++uses_[manual_option(*option)];
    }
    for (const CLI::App* command : commands) {
      page_ += section_of(*command, command->get_help_ptr());
      for (const CLI::App* group : command->get_subcommands({})) {
        const std::string section = section_of(*group, nullptr);
        if (!section.empty())
          groups_ += ".PP\n" + troff(group->get_description()) + ":\n" + section;
      }
    }
  }

  bool has(const CLI::Option& option) const {
    constexpr int many = 4;
    return uses_.at(manual_option(option)) >= many;
  }

  std::string page() const { return page_ + groups_; }

 private:
  /// The options that no earlier command had.
  std::string section_of(const CLI::App& owner, const CLI::Option* help) {
    std::string section;
    for (const CLI::Option* option : owner.get_options()) {
      if (option->get_name() == "--help" && option != help) continue;  // a group has its own
      const std::string entry = manual_option(*option);
      if (uses_.count(entry) != 0 && has(*option) && done_.insert(entry).second) section += entry;
    }
    return section;
  }

  std::map<std::string, int> uses_{};
  std::set<std::string> done_{};
  std::string page_{};
  std::string groups_{};
};

std::string manual_command(const CLI::App& command, const common_options& common) {
  std::string page = ".SS " + troff(command.get_name()) + '\n' + manual_usage(command) + ".PP\n" +
                     troff(command.get_description()) + ".\n";
  std::string names;
  for (const CLI::Option* option : options_of(command)) {
    if (!common.has(*option)) {
      page += manual_option(*option);
    } else {
      names += (names.empty() ? "" : ", ") + option->get_name();
    }
  }
  return page + ".PP\nCommon options: " + troff(names) + ".\n" +
         manual_footer(command.get_footer());
}

constexpr const char* manual_end = R"(.SH EXIT STATUS
.TP
.B 0
Done.
.TP
.B 1
Failed; standard error says why.
.TP
.B 2
Wrong usage, or an endpoint that is not plain http on loopback.
.TP
.B 3
This is not an Azure Arc\-enabled machine.
.TP
.B 4
No access to the key file: join the group shown on standard error.
.br
Or no access to the files that show whether this is an Arc machine.
.SH ENVIRONMENT
.TP
.BR IDENTITY_ENDPOINT ", " IMDS_ENDPOINT
The agent's endpoints. On Linux, systemd services have them and login shells usually do not; then the
drop\-in file below is read.
.TP
.B IDENTITY_HEADER
If it is set together with IDENTITY_ENDPOINT, this is Azure App Service and not an Arc machine.
.PP
Requests to the agent never use a proxy;
.BR secret ,
.B secrets
and
.B certificate
honour
.B https_proxy
and
.BR no_proxy .
.SH FILES
.TP
.I /lib/systemd/system.conf.d/azcmagent.conf
The agent's drop\-in with the two variables, parsed as by systemd.
.TP
.I /opt/azcmagent/bin/himds
The agent. If it exists, its default endpoint is used.
.TP
.I /var/opt/azcmagent/tokens
Its key files, readable by root and the group himds.
)";

}  // namespace

std::string manual_page(const CLI::App& program) {
  const command_list commands = commands_of(program);
  const common_options common(commands);
  std::string page =
      ".\\\" SPDX-License-Identifier: MIT\n"
      ".\\\" Generated by arc-identity --generate man.\n"
      ".TH ARC\\-IDENTITY 1 \"\" \"arc_identity " ARC_IDENTITY_VERSION
      "\" \"User Commands\"\n"
      ".nh\n.ad l\n"  // Options are not hyphenated, and lines are not stretched.
      ".SH NAME\narc\\-identity \\- " +
      troff(program.get_description()) +
      "\n.SH SYNOPSIS\n.B arc\\-identity\n\\fICOMMAND\\fR [\\fIOPTION\\fR]...\n"
      ".SH COMMANDS\nThe default of an option is in brackets.\n";
  for (const CLI::App* command : commands) page += manual_command(*command, common);
  return page + ".SH COMMON OPTIONS\n" + common.page() + manual_end;
}

}  // namespace arc_identity_cli
