// SPDX-License-Identifier: MIT

#include "terminal.hpp"

#include <cstdlib>
#include <string_view>

#if defined(_WIN32)
#include <windows.h>

#include <io.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace arc_identity_cli {
namespace {

std::string_view variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread sets a variable.
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

#if defined(_WIN32)
std::size_t columns() {
  CONSOLE_SCREEN_BUFFER_INFO buffer;
  if (GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &buffer) == 0) return 0;
  return static_cast<std::size_t>(buffer.srWindow.Right - buffer.srWindow.Left + 1);
}

bool knows_colours() {
  DWORD mode = 0;
  return GetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), &mode) != 0 &&
         (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}
#else
std::size_t columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool knows_colours() { return !variable("TERM").empty() && variable("TERM") != "dumb"; }
#endif

}  // namespace

bool is_terminal(std::FILE* stream) {
#if defined(_WIN32)
  return _isatty(_fileno(stream)) != 0;
#else
  return ::isatty(::fileno(stream)) != 0;
#endif
}

text_style standard_output_style() {
  if (!is_terminal(stdout)) return {};
  constexpr std::size_t usual = 80;
  const std::size_t width = columns();
  return {width == 0 ? usual : width, variable("NO_COLOR").empty() && knows_colours()};
}

}  // namespace arc_identity_cli
