// SPDX-License-Identifier: MIT
// What a debug build prints before it ends a program that uses a result without checking it.

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/core/result.hpp>

#if ARC_IDENTITY_ASSERTS

namespace {

using arc_identity::result;

struct ending {
  bool is_abort = false;
  std::string output{};
};

/// Runs `mistake` in a separate process.
template <class Mistake>
ending end_of(Mistake mistake) {
  int channel[2];
  REQUIRE(::pipe(channel) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest handles it
    ::dup2(channel[1], STDERR_FILENO);
    mistake();
    ::_exit(0);
  }
  ::close(channel[1]);
  ending seen;
  char text[512];
  for (ssize_t count = 0; (count = ::read(channel[0], text, sizeof text)) > 0;) {
    seen.output.append(text, static_cast<std::size_t>(count));
  }
  ::close(channel[0]);
  seen.output.erase(seen.output.find('\n') + 1);  // qemu adds a line
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  seen.is_abort = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return seen;
}

constexpr const char* expected =
    "arc_identity: the value of a result was used, but it holds an error: no (HTTP 403). Stop\n";

}  // namespace

TEST_CASE("assertion: taking the value of an error prints the error and aborts") {
  const arc_identity::detail::failure refusal{
      arc_identity::errc::request_refused, "no", {}, 403, 0, "Stop"};
  result<std::string> none(refusal);
  const result<std::string>& constant = none;
  const ending endings[] = {end_of([&] { (void)*none; }), end_of([&] { (void)*constant; }),
                            end_of([&] { (void)*std::move(none); }),
                            end_of([&] { (void)none->size(); }),
                            end_of([&] { (void)constant->size(); })};
  for (const ending& seen : endings) {
    CHECK(seen.is_abort);
    CHECK(seen.output == expected);
  }
}

TEST_CASE("assertion: taking the error of a value aborts") {
  const result<int> good(7);
  const ending seen = end_of([&] { (void)good.error().code(); });
  CHECK(seen.is_abort);
  CHECK(seen.output == "arc_identity: the error of a result was used: it holds a value\n");
}

TEST_CASE("assertion: taking what the result holds does not abort") {
  const ending seen = end_of([] {
    const result<int> good(7);
    (void)*good;
  });
  CHECK_FALSE(seen.is_abort);
  CHECK(seen.output.empty());
}

#endif
