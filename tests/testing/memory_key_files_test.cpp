// SPDX-License-Identifier: MIT

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/testing/memory_key_files.hpp>

using arc_identity::key_file_status;
using arc_identity::testing::memory_key_files;

TEST_CASE("memory_key_files: gives the files set with add(), in all copies") {
  memory_key_files files;
  memory_key_files copy = files;
  files.add("/k/a.key", "content");
  char space[10];
  auto result = copy.read("/k/a.key", space);
  CHECK(result.status == key_file_status::ok);
  CHECK(std::string(space, result.size) == "content");
  files.add("/k/a.key", "new");
  result = copy.read("/k/a.key", space);
  CHECK(std::string(space, result.size) == "new");
  CHECK(files.opened() == std::vector<std::string>{"/k/a.key", "/k/a.key"});
}

TEST_CASE("memory_key_files: a file longer than the buffer fills the buffer") {
  memory_key_files files;
  files.add("a", "content");
  char space[3];
  CHECK(files.read("a", space).size == 3);
  CHECK(files.read("a", arc_identity::mutable_buffer{}).size == 0);
}

TEST_CASE("memory_key_files: gives the failures set with fail()") {
  memory_key_files files;
  char space[3];
  CHECK(files.read("a", space).status == key_file_status::not_found);
  files.fail("a", {key_file_status::denied, 0, 13});
  const auto result = files.read("a", space);
  CHECK(result.status == key_file_status::denied);
  CHECK(result.system_error == 13);
  files.add("a", "x");
  CHECK(files.read("a", space).status == key_file_status::ok);
}
