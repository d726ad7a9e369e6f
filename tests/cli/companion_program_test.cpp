// SPDX-License-Identifier: MIT
//
// Commands that are separate programs in the folder of arc-identity: the messages if they are
// missing, and that no other program is run instead.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "program.hpp"
#include "support/agent_texts.hpp"
#include "support/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;
using agent_texts::contains;

/// A copy of arc-identity in a folder without the other programs.
struct lonely_program {
  lonely_program() { fs::copy_file(ARC_IDENTITY_PROGRAM, path()); }
  std::string path() const { return folder.path("arc-identity"); }

  program_run run(const std::vector<std::string>& arguments,
                  const environment_changes& environment = {}) const {
    return run_program(arguments, environment, user::same, path());
  }

  temporary_directory folder;
};

}  // namespace

TEST_CASE("companion: a missing program is named, with its folder and how to build it") {
  const lonely_program program;
  const std::string folder = fs::canonical(program.folder.path()).string() + '/';
  struct companion {
    std::string command, program, advice;
  };
  for (const companion& each :
       {companion{"simulate", "arc-identity-simulate", "built and installed with arc-identity"},
        companion{"serve", "arc-identity-serve", "libmicrohttpd-dev"},
        companion{"secret", "arc-identity-vault", "libcurl4-openssl-dev"},
        companion{"certificate", "arc-identity-vault", "libcurl4-openssl-dev"}}) {
    CAPTURE(each.command);
    const program_run run = program.run({each.command});
    CHECK(run.exit_code == 1);
    CHECK(run.output.empty());
    CHECK(contains(run.errors, "arc-identity: cannot run " + each.program + " for " + each.command +
                                   "; looked in " + folder +
                                   ": No such file or directory. It is built"));
    CHECK(contains(run.errors, each.advice));
  }
}

TEST_CASE("companion: a program that cannot be run is named, without advice to build it") {
  const lonely_program program;
  const std::string other = program.folder.write("arc-identity-simulate", "no program");
  REQUIRE(::chmod(other.c_str(), 0600) == 0);
  const program_run run = program.run({"simulate"});
  CHECK(run.exit_code == 1);
  CHECK(contains(run.errors, ": Permission denied\n"));
  CHECK_FALSE(contains(run.errors, "built and installed"));
}

TEST_CASE("companion: a program in PATH is not run") {
  const lonely_program program;
  const std::string other =
      program.folder.write("path/arc-identity-simulate", "#!/bin/sh\necho stolen\n");
  REQUIRE(::chmod(other.c_str(), 0700) == 0);
  const program_run run =
      program.run({"simulate"}, {{"PATH", program.folder.path("path") + ":/usr/bin:/bin"}});
  CHECK(run.exit_code == 1);
  CHECK(run.output.empty());
}

TEST_CASE("companion: help and usage have the name of arc-identity") {
  CHECK(contains(run_program({"simulate", "--help"}).output, "Usage: arc-identity simulate "));
  const program_run wrong = run_program({"simulate", "--no-such-option"});
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.output.empty());
}

TEST_CASE("companion: help lists all commands; wrong usage gives exit 2") {
  const std::string help = run_program({"--help"}).output;
  for (const char* command : {"token", "metadata", "doctor", "simulate", "secret", "certificate"}) {
    CAPTURE(command);
    CHECK(contains(help, std::string("\n  ") + command + ' '));
  }
  CHECK(contains(run_program({"token", "--help"}).output, "Usage: arc-identity token "));
  CHECK(contains(run_program({"--version"}).output, "arc-identity "));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {""}, {"tok"}, {"token", "metadata"}, {"--", "token"}}) {
    CHECK(run_program(words).exit_code == 2);
  }
}
