// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/challenge.hpp>
#include <support/message.hpp>

namespace {

using arc_identity::errc;
using arc_identity::result;
using arc_identity::challenge::key_path;

constexpr std::string_view directory = "/var/opt/azcmagent/tokens";
constexpr std::string_view path = "/var/opt/azcmagent/tokens/0b1c.key";

/// The path in the challenge, or "" if the challenge is refused with a documented code.
std::string path_of(std::string_view header, std::string_view in = directory) {
  const result<std::string_view> found = key_path(header, in);
  if (found) return std::string(*found);
  CHECK(found.error().code() == errc::key_path_rejected);
  CHECK(test::is_fit_to_print(found.error()));
  return "";
}

std::string cause_of(std::string_view header, std::string_view in = directory) {
  const result<std::string_view> found = key_path(header, in);
  return found ? "accepted" : found.error().message();
}

bool is_refused_with(std::string_view header, const char* cause) {
  return cause_of(header).find(cause) != std::string::npos;
}

/// A challenge that names `file` in the agent's spelling.
std::string basic(std::string_view file) { return "Basic realm=" + std::string(file); }

}  // namespace

TEST_CASE("challenge: the agent's own spelling is accepted") {
  const std::string header = basic(path);
  const result<std::string_view> found = key_path(header, directory);
  REQUIRE(found);
  CHECK(*found == path);
  CHECK(found->data() == header.data() + 12);  // a view into the field
}

TEST_CASE("challenge: each spelling of a Basic realm is accepted (RFC 9110, 11.2 to 11.6)") {
  const std::string bare(path);
  const std::string quoted = "\"" + bare + "\"";
  for (const std::string& header : std::vector<std::string>{
           "Basic realm=" + bare,
           "Basic realm=" + quoted,
           "basic REALM=" + bare,
           "BASIC Realm=" + quoted,
           "bAsIc rEaLm=" + bare,
           "  Basic realm=" + bare + " \t",
           "Basic\trealm=" + bare,
           "Basic    realm=" + bare,
           "Basic realm =" + bare,
           "Basic realm= " + bare,
           "Basic realm\t=\t" + quoted,
           "Basic realm=" + quoted + "  ",
           "Basic realm=" + bare + ", charset=\"UTF-8\"",
           "Basic realm=" + bare + ",charset=UTF-8",
           "Basic charset=\"UTF-8\", realm=" + bare,
           "Basic charset=\"a, b\", realm=" + quoted,
           "Basic charset=\"Basic realm=x\", realm=" + quoted,
           "Basic realm=" + bare + ",",
           ",Basic realm=" + bare,
           ", ,\tBasic realm=" + quoted + ", ,",
           "Basic , realm=" + bare,
           "Bearer, Basic realm=" + bare,
           "Bearer realm=\"x\", Basic realm=" + bare,
           "Bearer realm=\"x\", error=\"y, z\",Basic realm=" + quoted,
           "Bearer authorization=\"https://login.example/t\", resource=\"https://x\", Basic "
           "realm=" +
               bare,
           "Negotiate YWJj/+0==, Basic realm=" + bare,
           "Negotiate abc==, NTLM, Basic realm=" + bare,
           "Digest realm=\"/etc/shadow.key\", nonce=\"a\", Basic realm=" + bare,
           "Basic realm=" + bare + ", Bearer realm=\"x\"",
           "Basic realm=" + bare + ", Bearer",
           "Basic realm=" + bare + ", Basic realm=/etc/passwd.key",
           "Basic charset=x, Basic realm=" + bare,
       }) {
    CAPTURE(header);
    CHECK(path_of(header) == path);
  }
}

TEST_CASE("challenge: anything but a Basic challenge with one valid realm is refused") {
  const std::string bare(path);
  const struct {
    std::string header;
    const char* cause;
  } refused[] = {
      {"", "no Basic realm"},
      {"   ", "no Basic realm"},
      {",,", "no Basic realm"},
      {"Basic", "no Basic realm"},
      {"Basic ", "no Basic realm"},
      {"Bearer realm=" + bare, "no Basic realm"},
      {"Basic realms=" + bare, "no Basic realm"},
      {"Basic xrealm=" + bare, "no Basic realm"},
      {"BasicX realm=" + bare, "no Basic realm"},
      {"XBasic realm=" + bare, "no Basic realm"},
      {"realm=" + bare, "no Basic realm"},
      {"Basic, Bearer realm=" + bare, "no Basic realm"},
      {"Basic charset=UTF-8, Bearer, realm=" + bare, "no Basic realm"},
      {"Bearer x=\"Basic realm=" + bare + "\"", "no Basic realm"},
      {"Bearer x=\"a, Basic realm=" + bare + "\"", "no Basic realm"},
      {"Basic YWJjZGVm", "no Basic realm"},
      {"Basic YWJjZGVm==", "no Basic realm"},
      {"Basic abc/+def=", "no Basic realm"},
      {"Basic realm", "malformed"},
      {"Basic realm, x=y", "malformed"},
      {"Basic realm " + bare, "malformed"},
      {"Basic realm:" + bare, "malformed"},
      {"Basic realm=" + bare + ", realm=" + bare, "two realms"},
      {"Basic realm=" + bare + ", charset=x, REALM=/etc/passwd.key", "two realms"},
      {"Basic realm=\"" + bare, "malformed"},
      {"Basic realm=" + bare + "\"", "malformed"},
      {"Basic realm=\"" + bare + "\"x", "malformed"},
      {"Basic realm=\"" + bare + "\" charset=x", "malformed"},
      {"Basic realm=x\"" + bare + "\"", "malformed"},
      {"Basic realm=\"\"" + bare + "\"\"", "malformed"},
      {"Basic realm=\"" + bare + "\\\"\"", "malformed"},
      {"Basic realm=\"", "malformed"},
      {"/Basic realm=" + bare, "malformed"},
      {"\"Basic\" realm=" + bare, "malformed"},
      {"=" + bare, "malformed"},
      {"Basic realm=x, /y", "malformed"},
      {std::string("\0Basic realm=", 13) + bare, "malformed"},
      {"\xc2\xa0"
       "Basic realm=" +
           bare,
       "malformed"},
  };
  for (const auto& c : refused) {
    CAPTURE(c.header);
    CHECK(path_of(c.header) == "");
    CHECK(is_refused_with(c.header, c.cause));
  }
}

TEST_CASE(
    "challenge: of several fields the first realm counts, and nothing after a malformed one") {
  using arc_identity::detail::reason;
  const struct {
    std::vector<const char*> fields;
    reason rejection;
    const char* value;
  } cases[] = {
      {{}, reason::no_challenge, ""},
      {{""}, reason::no_basic_realm, ""},
      {{"Negotiate", "Bearer realm=x"}, reason::no_basic_realm, ""},
      {{"Negotiate", "Basic realm=a"}, reason::none, "a"},
      {{"Basic realm=a", "Basic realm=b"}, reason::none, "a"},
      {{"Basic realm=a", "/malformed"}, reason::none, "a"},
      {{"Basic realm=a, realm=b", "Basic realm=c"}, reason::two_realms, "a"},
      {{"/malformed", "Basic realm=a"}, reason::bad_challenge, ""},
      {{"Basic", "realm=a"}, reason::no_basic_realm, ""},
  };
  for (const auto& c : cases) {
    arc_identity::detail::basic_realm realm;
    for (const char* const field : c.fields) {
      realm.look_in(arc_identity::detail::cursor(std::string_view(field)));
    }
    CHECK(realm.rejection() == c.rejection);
    CHECK(realm.value().view() == c.value);
  }
}

TEST_CASE("challenge: valid names of key files are accepted") {
  for (const char* const name :
       {"a.key", "0b1c2d3e-0000-4000-8000-000000000000.key", "A B.key", "a.key.key", "-.key",
        "..key.key", "a.b.c.key", "%2e%2e.key", "a:b.key", "~.key", "$HOME.key"}) {
    const std::string file = std::string(directory) + "/" + name;
    CAPTURE(file);
    CHECK(path_of(basic(file)) == file);
    CHECK(path_of("Basic realm=\"" + file + "\"") == file);
  }
  const std::string with_comma = std::string(directory) + "/a,b.key";
  CHECK(path_of("Basic realm=\"" + with_comma + "\"") == with_comma);
  CHECK(path_of(basic(with_comma)) == "");
}

TEST_CASE("challenge: anything but one .key name directly in the directory is refused") {
  const std::string d(directory);
  for (const std::string& file : std::vector<std::string>{
           "",
           "/",
           "a.key",
           "./a.key",
           ".key",
           "/etc/passwd",
           "/etc/shadow.key",
           d,
           d + "/",
           d + ".key",
           d + "x/a.key",
           d + "-other/a.key",
           d + "a.key",
           d + "/.key",
           d + "/a",
           d + "/a.KEY",
           d + "/a.Key",
           d + "/a.key2",
           d + "/a.key/",
           d + "/a.key/.",
           d + "/a.key.",
           d + "/a.pem",
           d + "/akey",
           d + "/../a.key",
           d + "/../tokens/a.key",
           d + "/../../../../etc/shadow.key",
           d + "/./a.key",
           d + "//a.key",
           d + "/sub/a.key",
           d + "/sub\\a.key",
           d + "/..\\a.key",
           d + "\\a.key",
           d + "/a.key\\",
           d + "/a.key;x",
           d + "/a.key charset=x",
           "/" + d + "/a.key",
           "//var/opt/azcmagent/tokens/a.key",
           "/var//opt/azcmagent/tokens/a.key",
           "/var/opt/azcmagent/./tokens/a.key",
           "/var/opt/azcmagent/x/../tokens/a.key",
           "/VAR/opt/azcmagent/tokens/a.key",
           "/var/opt/azcmagent/Tokens/a.key",
           "/var/opt/azcmagent/token/a.key",
           "/var/opt/azcmagent/a.key",
           "/var/opt/azcmagent/tokens2/a.key",
           "\\var\\opt\\azcmagent\\tokens\\a.key",
           "file://" + d + "/a.key",
           "http://localhost" + d + "/a.key",
           "~/a.key",
           "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\a.key",
           "%2fvar/opt/azcmagent/tokens/a.key",
           d + "/\xe2\x80\xa5/a.key",
           std::string(5000, 'a') + ".key",
       }) {
    CAPTURE(file);
    CHECK(path_of(basic(file)) == "");
    CHECK(path_of("Basic realm=\"" + file + "\"") == "");
  }
}

TEST_CASE("challenge: a control byte anywhere in the path is refused") {
  const std::string d(directory);
  std::string controls = "\x7f";
  for (char c = 0; c < 0x20; ++c) controls += c;
  for (const char c : controls) {
    CAPTURE(static_cast<int>(c));
    CHECK(path_of("Basic realm=\"" + d + "/a" + c + "b.key\"") == "");
    CHECK(path_of("Basic realm=\"" + d + "/" + c + "a.key\"") == "");
    CHECK(path_of("Basic realm=\"" + d + c + "/a.key\"") == "");
    CHECK(path_of("Basic realm=\"" + d + "/a.key" + c + "\"") == "");
  }
  const std::string hidden = d + "/a.txt" + std::string(1, '\0') + ".key";
  CHECK(path_of(basic(hidden)) == "");
}

TEST_CASE("challenge: the message has the reason and the path, in printable characters") {
  CHECK(is_refused_with(basic("/etc/shadow.key"),
                        "not directly in the key directory: /etc/shadow.key"));
  CHECK(is_refused_with(basic("/var/opt/azcmagent/tokens/a.txt"), "does not end in .key"));
  CHECK(is_refused_with(basic("/var/opt/azcmagent/tokens/.key"), "does not end in .key"));
  CHECK(is_refused_with(basic("/var/opt/azcmagent/tokens/b/a.key"),
                        "not directly in the key directory"));
  CHECK(is_refused_with(basic("/var/opt/azcmagent/tokens/\x1b[31m.key"),
                        "name contains a control character"));
  CHECK(cause_of(basic("/var/opt/azcmagent/tokens/\x1b[31m.key")).find('\x1b') ==
        std::string::npos);
  CHECK(is_refused_with("Bearer realm=\"x\"", "no Basic realm: Bearer realm=\"x\""));
  CHECK(is_refused_with("", "the challenge has no Basic realm"));
  CHECK(cause_of(basic("/x"), "").find("no key directory") != std::string::npos);
}

TEST_CASE("challenge: the directory may end in slashes and must not be empty") {
  CHECK(path_of(basic(path), "/var/opt/azcmagent/tokens/") == path);
  CHECK(path_of(basic(path), "/var/opt/azcmagent/tokens///") == path);
  CHECK(path_of(basic("/a.key"), "/") == "");
  CHECK(path_of(basic("/a.key"), "") == "");
  CHECK(path_of(basic("a.key"), "") == "");
  CHECK(path_of(basic("/tmp/keys/a.key"), "/tmp/keys") == "/tmp/keys/a.key");
}

TEST_CASE("challenge: a POSIX directory with a backslash is not a Windows directory") {
  CHECK(path_of(basic("/tmp/a\\b/x.key"), "/tmp/a\\b") == "/tmp/a\\b/x.key");
  CHECK(path_of(basic("/tmp/a/b/x.key"), "/tmp/a\\b") == "");
  CHECK(path_of(basic("/TMP/A\\B/x.key"), "/tmp/a\\b") == "");
  CHECK(path_of(basic("/tmp/a\\b/x.KEY"), "/tmp/a\\b") == "");
  CHECK(path_of(basic("/tmp/x.key"), "/tmp\\") == "");
}

TEST_CASE("challenge: a directory without a slash has no Windows rules") {
  CHECK(path_of(basic("relative/a.key"), "relative") == "relative/a.key");
  CHECK(path_of(basic("RELATIVE/a.key"), "relative") == "");
}
