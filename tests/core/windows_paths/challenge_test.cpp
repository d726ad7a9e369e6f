// SPDX-License-Identifier: MIT
// Key paths under a Windows directory: paths that Windows would resolve to another file are
// refused. The program is compiled with ARC_IDENTITY_WINDOWS_PATHS, so that it runs on every
// platform.
#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/challenge.hpp>

namespace {

using arc_identity::challenge::key_path;

constexpr std::string_view tokens = "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens";

/// Whether a challenge that names `path` is accepted. Checks that the result is that path.
bool accepts(const std::string& path, std::string_view directory = tokens) {
  const std::string header = "Basic realm=" + path;
  const auto found = key_path(header, directory);
  if (!found) CHECK(found.error().code() == arc_identity::errc::key_path_rejected);
  if (found) CHECK(*found == path);
  return static_cast<bool>(found);
}

std::string in_tokens(std::string_view name) {
  return std::string(tokens) + '\\' + std::string(name);
}

void check_each_refused(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    CAPTURE(name);
    CHECK_FALSE(accepts(in_tokens(name)));
  }
}

}  // namespace

TEST_CASE("challenge, Windows: the agent's names and harmless look-alikes are accepted") {
  for (const std::string_view name : {"0b0c6a3f-1f6d-4c3f-a3a6-0b1f6b4e6d11.key",
                                      "A.KEY",
                                      "a.b.key",
                                      "a b.key",
                                      " a.key",
                                      "a~.key",
                                      "~a.key",
                                      "a~b1.key",
                                      "CONSOLE.key",
                                      "NULL.key",
                                      "NUL1.key",
                                      "COM.key",
                                      "COM10.key",
                                      "LPT.key",
                                      "COMA.key",
                                      "XCOM1.key",
                                      "AUXILIARY.key",
                                      "CONIN.key",
                                      "a.NUL.key",
                                      "COM\xc2\xb4.key",
                                      "COM\xc2.key",
                                      "COM1 x.key",
                                      "\xc3\xa9.key",
                                      "a'&;$!.key"}) {
    CAPTURE(name);
    CHECK(accepts(in_tokens(name)));
  }
}

TEST_CASE("challenge, Windows: case is ignored, and both slashes are equal") {
  const std::string d(tokens);
  for (const std::string& file : std::vector<std::string>{
           d + "\\0b1c.key",
           d + "/0b1c.key",
           d + "\\a.KEY",
           "c:\\programdata\\azureconnectedmachineagent\\tokens\\a.key",
           "C:/ProgramData/AzureConnectedMachineAgent/Tokens/a.key",
           "C:\\PROGRAMDATA/AzureConnectedMachineAgent\\tokens/A.Key",
       }) {
    CAPTURE(file);
    CHECK(accepts(file));
    CHECK(accepts(file, d + "\\"));
    CHECK(accepts(file, d + "/"));
    CHECK(accepts(file, "c:/programdata/azureconnectedmachineagent/tokens"));
    const std::string quoted = "Basic realm=\"" + file + "\"";
    CHECK(key_path(quoted, tokens));
  }
  CHECK(accepts("c:/Keys\\a.KEY", "C:/keys"));
  CHECK(accepts("\\\\host\\share\\keys\\a.key", "\\\\host\\share\\keys"));
  CHECK(accepts("k/a.key", "k"));
  CHECK_FALSE(accepts("K/a.key", "k"));
}

TEST_CASE("challenge, Windows: anything but one .key name directly in the directory is refused") {
  check_each_refused({"", ".key", "a.txt", "..\\a.key", "../a.key", "sub\\a.key", "sub/a.key",
                      "\\a.key", "a.key\\"});
  const std::string d(tokens);
  for (const std::string& file : std::vector<std::string>{
           d,
           d + "/sub/a.key",
           d + "x\\a.key",
           "D:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key",
           "\\\\host\\share\\a.key",
           "C:\\ProgramData\\AzureConnectedMachineAgent\\..\\Tokens\\a.key",
           "/var/opt/azcmagent/tokens/a.key",
       }) {
    CAPTURE(file);
    CHECK_FALSE(accepts(file));
  }
}

TEST_CASE("challenge, Windows: device names are refused in each spelling") {
  check_each_refused({"CON.key", "PRN.key", "AUX.key", "NUL.key", "nul.key", "Nul.KEY",
                      "NUL.txt.key", "NUL .key", "NUL  .key", "NUL..key", "NUL. .key", "CONIN$.key",
                      "CONOUT$.key", "conin$.x.key"});
  for (const std::string port : {"COM", "LPT", "com", "Lpt"}) {
    for (char digit = '0'; digit <= '9'; ++digit) check_each_refused({port + digit + ".key"});
    check_each_refused({port + "1 .key", port + "9.a.key", port + "\xc2\xb9.key",
                        port + "\xc2\xb2.key", port + "\xc2\xb3 .key"});
  }
}

TEST_CASE("challenge, Windows: file streams are refused") {
  check_each_refused(
      {"a:b.key", "a.key:b.key", "a.key::$DATA", "a.key:$DATA.key", "C:a.key", ":a.key", "a:.key"});
}

TEST_CASE("challenge, Windows: short names (8.3) are refused") {
  check_each_refused({"SECRET~1.key", "secret~1.KEY", "A~9.key", "ABCD12~10.key", "~1.key",
                      "a.b~2.key", "a~~1.key"});
}

TEST_CASE("challenge, Windows: trailing dots and spaces are refused") {
  check_each_refused({"a.key.", "a.key..", "a.key. .", "a.exe.", "a.", ".", "..", "a.key ."});
  CHECK_FALSE(key_path("Basic realm=\"" + in_tokens("a.key ") + "\"", tokens));
  CHECK_FALSE(key_path("Basic realm=\"" + in_tokens("a.key  ") + "\"", tokens));
  CHECK_FALSE(accepts(std::string(tokens) + ".\\a.key"));
  CHECK_FALSE(accepts(std::string(tokens) + " \\a.key"));
  CHECK_FALSE(accepts("C:\\ProgramData.\\AzureConnectedMachineAgent\\Tokens\\a.key"));
}

TEST_CASE("challenge, Windows: wildcards and other invalid characters are refused") {
  check_each_refused({"a?.key", "*.key", "a<b.key", "a>b.key", "a|b.key", "a\"b.key"});
  for (int byte = 0; byte < 0x20; ++byte) {
    const char c = static_cast<char>(byte);
    CHECK_FALSE(key_path("Basic realm=" + in_tokens(std::string("a") + c + "b.key"), tokens));
  }
}

TEST_CASE("challenge, Windows: another spelling of the directory is another directory") {
  for (const std::string_view prefix : {"\\\\?\\", "\\\\.\\", "\\??\\", "//?/", "\\\\?\\UNC\\",
                                        "\\\\.\\GLOBALROOT\\", "\\\\localhost\\C$\\", "file:///"}) {
    CAPTURE(prefix);
    CHECK_FALSE(accepts(std::string(prefix) + in_tokens("a.key")));
  }
  for (const std::string_view path :
       {"\\\\localhost\\C$\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key",
        "C:\\PROGRA~3\\AzureConnectedMachineAgent\\Tokens\\a.key",
        "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\..\\Tokens\\a.key",
        "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\.\\a.key",
        "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens::$INDEX_ALLOCATION\\a.key",
        "C:ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key",
        "\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key", "\\\\.\\NUL", "NUL.key",
        "NUL"}) {
    CAPTURE(path);
    CHECK_FALSE(accepts(std::string(path)));
  }
}

TEST_CASE("challenge, Windows: a directory in \\\\?\\ spelling is compared literally") {
  const std::string directory = "\\\\?\\" + std::string(tokens);
  CHECK(accepts(directory + "\\a.key", directory));
  CHECK_FALSE(accepts(in_tokens("a.key"), directory));
  CHECK_FALSE(accepts(directory + "\\NUL.key", directory));
  CHECK_FALSE(accepts(directory + "\\a:b.key", directory));
  CHECK(accepts("\\\\server\\share\\a.key", "\\\\server\\share"));
  CHECK_FALSE(accepts("\\\\server\\share\\NUL.key", "\\\\server\\share"));
  CHECK(accepts("C:\\a.key", "C:\\"));
  CHECK_FALSE(accepts("C:a.key", "C:\\"));
}

TEST_CASE("challenge, Windows: only ASCII letters are compared case-insensitively") {
  const std::string directory = "C:\\\xc3\x89t\xc3\xa9";
  CHECK(accepts("c:\\\xc3\x89T\xc3\xa9\\a.key", directory));
  CHECK_FALSE(accepts("C:\\\xc3\xa9t\xc3\xa9\\a.key", directory));
}

TEST_CASE("challenge, Windows: Windows rules do not apply to POSIX directories") {
  const std::string directory = "/var/opt/azcmagent/tokens";
  for (const std::string_view name : {"NUL.key", "a:b.key", "a~1.key", "a?.key", "COM1.key"}) {
    CAPTURE(name);
    CHECK(accepts(directory + '/' + std::string(name), directory));
  }
}

TEST_CASE("challenge: a Windows name that starts with a dot is not a device") {
  CHECK(arc_identity::challenge::key_path("Basic realm=C:\\t\\.a.key", "C:\\t"));
}
