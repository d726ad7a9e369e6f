// SPDX-License-Identifier: MIT
//
// Runs the program arc-identity as by a user, and returns its output and exit code.

#ifndef ARC_IDENTITY_TESTS_CLI_PROGRAM_HPP
#define ARC_IDENTITY_TESTS_CLI_PROGRAM_HPP

#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

struct program_run {
  int exit_code = -1;  ///< 128 + N if signal N ended it
  std::string output;
  std::string errors;
};

/// Changes to the environment of a run: name and value; an empty value removes it.
using environment_changes = std::vector<std::pair<std::string, std::string>>;

/// The user who runs the program. Only root can become nobody.
enum class user { same, nobody };

namespace program_detail {

/// An unnamed file that both processes can use.
class scratch_file {
 public:
  scratch_file() : file_(std::tmpfile()) {
    if (file_ == nullptr) throw std::runtime_error("no temporary file");
  }
  ~scratch_file() { std::fclose(file_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  int descriptor() const { return fileno(file_); }

  std::string content() const {
    std::rewind(file_);
    std::string text;
    std::array<char, 4096> part{};
    std::size_t count = 0;
    while ((count = std::fread(part.data(), 1, part.size(), file_)) != 0) {
      text.append(part.data(), count);
    }
    return text;
  }

 private:
  std::FILE* file_;
};

inline void change(const environment_changes& environment) {
  for (const char* name : {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "IDENTITY_HEADER"}) {
    ::unsetenv(name);
  }
  for (const auto& [name, value] : environment) {
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
}

inline void become_nobody() {
  constexpr id_t nobody = 65534;
  ::setenv("LLVM_PROFILE_FILE", "/dev/null",
           1);  // The user nobody cannot write coverage files.
  if (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0) ::_exit(125);
}

}  // namespace program_detail

/// Runs arc-identity, or a copy of it, with these arguments. The variables that discovery reads are
/// not inherited.
inline program_run run_program(const std::vector<std::string>& arguments,
                               const environment_changes& environment = {}, user as = user::same,
                               const std::string& program = ARC_IDENTITY_PROGRAM) {
  const program_detail::scratch_file output;
  const program_detail::scratch_file errors;
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    program_detail::change(environment);
    if (as == user::nobody) program_detail::become_nobody();
    ::dup2(output.descriptor(), STDOUT_FILENO);
    ::dup2(errors.descriptor(), STDERR_FILENO);
    std::string name = program;
    std::vector<std::string> words = arguments;
    std::vector<char*> argv = {name.data()};
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(argv.front(), argv.data());
    ::_exit(126);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  program_run run;
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  run.output = output.content();
  run.errors = errors.content();
  return run;
}

#endif  // ARC_IDENTITY_TESTS_CLI_PROGRAM_HPP
