// SPDX-License-Identifier: MIT
//
// Texts from elsewhere, made safe to show on a terminal.

#include "terminal_text.hpp"

#include <doctest/doctest.h>

using arc_identity_cli::json_text;
using arc_identity_cli::printable_ascii;
using arc_identity_cli::with_controls_escaped;
using arc_identity_cli::without_controls;

TEST_CASE("terminal text: only control characters are replaced") {
  CHECK(without_controls("a\x1b[2J\r\n\t\x7f") == "a?[2J????");
  CHECK(without_controls("\xc2\x9b"
                         "31m \xc2\xa0\xc3\x9b") == "?31m \xc2\xa0\xc3\x9b");
  CHECK(without_controls("K\xc3\xb6ln \xf0\x9f\x92\xa9 \xe2\x9c\x93") ==
        "K\xc3\xb6ln \xf0\x9f\x92\xa9 \xe2\x9c\x93");
  CHECK(without_controls("\xc2") == "?");
  CHECK(without_controls({"\0", 1}) == "?");
  CHECK(without_controls("") == "");
}

TEST_CASE("terminal text: escaped JSON has the same meaning") {
  CHECK(with_controls_escaped("{\n\t\"a\": \"\x7f\xc2\x9b\xc3\xb6\" }\r\n") ==
        "{\n\t\"a\": \"\\u007f\\u009b\xc3\xb6\" }\r\n");
}

TEST_CASE("json_text: a text becomes a JSON string") {
  CHECK(json_text("say \"a\\b\"\n\xc3\xb6") == "\"say \\\"a\\\\b\\\"\\u000a\xc3\xb6\"");
  CHECK(json_text("\x7f\xc2\x9b") == "\"\\u007f\\u009b\"");
  CHECK(json_text({"\xff\xc2\0", 3}) == "\"\\ufffd\\ufffd\\u0000\"");
}

TEST_CASE("printable_ascii: replaces all other bytes") {
  CHECK(printable_ascii("a b~\x1f\x7f\xc3\xb6") == "a b~????");
}
