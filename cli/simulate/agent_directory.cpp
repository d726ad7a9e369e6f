// SPDX-License-Identifier: MIT

#include "simulate/agent_directory.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace arc_identity_cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* keys = agent_directory::keys;
constexpr const char* home = "/var/opt/azcmagent";
constexpr const char* mark = "/var/opt/azcmagent/made-by-arc-identity-simulate";
constexpr const char* installed_agent = "/opt/azcmagent";

void check(int result) {
  if (result != 0) throw std::system_error(errno, std::generic_category());
}

void write(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw std::system_error(errno, std::generic_category());
}

// The user's id stays the same; the namespace maps no other.
void enter_user_namespace() {
  const auto map = [](unsigned id) { return std::to_string(id) + ' ' + std::to_string(id) + " 1"; };
  const std::string user = map(::geteuid());
  const std::string group = map(::getegid());
  check(::unshare(CLONE_NEWUSER));
  write("/proc/self/setgroups", "deny");
  write("/proc/self/uid_map", user);
  write("/proc/self/gid_map", group);
}

// Sets exactly `mode`, whatever the umask is.
void make_directory(const char* path, mode_t mode) {
  if (::mkdir(path, mode) != 0 && errno != EEXIST) check(-1);
  check(::chmod(path, mode));
}

constexpr unsigned long plain_files = MS_NOSUID | MS_NODEV;

void mount_memory(const fs::path& on) {
  check(::mount("tmpfs", on.c_str(), "tmpfs", plain_files, "mode=755"));
}

void bind_entry(const fs::directory_entry& entry, const fs::path& name) {
  if (entry.is_symlink()) return fs::copy_symlink(entry.path(), name);
  if (entry.is_directory()) {
    fs::create_directory(name);
  } else {
    write(name.c_str(), "");
  }
  check(::mount(entry.path().c_str(), name.c_str(), nullptr, MS_BIND | MS_REC, nullptr));
}

// Replaces the directory by one with the same entries, in which others can be created.
void mirror(const fs::path& directory) {
  const int underneath = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (underneath < 0) check(underneath);
  mount_memory(directory);
  const fs::path entries = "/proc/self/fd/" + std::to_string(underneath);
  for (const fs::directory_entry& entry : fs::directory_iterator(entries)) {
    bind_entry(entry, directory / entry.path().filename());
  }
  ::close(underneath);
}

void mount_home() {
  fs::path covered = home;
  while (!fs::is_directory(covered)) covered = covered.parent_path();
  if (covered == covered.root_path()) throw std::system_error(ENOENT, std::generic_category());
  if (covered != home) {
    mirror(covered);
    fs::create_directories(home);
  }
  mount_memory(home);
  make_directory(keys, 0750);
  // Writing elsewhere in it must fail, because what is written would be lost.
  if (covered == home) return;
  check(::mount(nullptr, covered.c_str(), nullptr, MS_REMOUNT | MS_RDONLY | plain_files, nullptr));
}

// Returns 0 or an error number.
int enter_namespace() {
  try {
    if (::geteuid() != 0) enter_user_namespace();
    check(::unshare(CLONE_NEWNS));
    check(::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr));  // not visible to others
    mount_home();
  } catch (const std::system_error& problem) {
    return problem.code().value();
  }
  return 0;
}

// Whether a run of `simulate` created the agent's directory, and no other user can have changed it.
bool is_ours() {
  struct stat directory {};
  struct stat file {};
  return ::lstat(home, &directory) == 0 && S_ISDIR(directory.st_mode) &&
         directory.st_uid == ::geteuid() && (directory.st_mode & 022) == 0 &&
         ::lstat(mark, &file) == 0 && S_ISREG(file.st_mode);
}

// The result of enter_namespace(), tried in a child: if it fails halfway, a process cannot go back.
int tried_in_child() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(enter_namespace());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0) return errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

std::string refused(const std::string& why) {
  return std::string("cannot place the keys in ") + agent_directory::keys +
         ", where most SDKs expect them: " + why;
}

}  // namespace

std::string agent_directory::open() {
  int failure = tried_in_child();
  if (failure == 0) failure = enter_namespace();
  if (failure == 0) return "";
  if (::geteuid() == 0) return make();
  return refused("this system does not let users create namespaces (" +
                 std::generic_category().message(failure) +
                 "). Run this as root, or allow them: on Ubuntu with sysctl "
                 "kernel.apparmor_restrict_unprivileged_userns=0, in a container with its option "
                 "--security-opt seccomp=unconfined");
}

std::string agent_directory::make() {
  if (fs::exists(installed_agent) || (fs::exists(home) && !is_ours())) {
    return refused("an agent is installed here, and this system does not allow mount namespaces");
  }
  try {
    fs::create_directories(fs::path(home).parent_path());
    make_directory(home, 0755);
    write(mark, "");
    make_directory(keys, 0750);
  } catch (const std::system_error& problem) {
    return refused(problem.code().message());
  }
  if (!made_.hold(home)) return refused("another process is removing that directory");
  if (!made_.take_alone()) return "";
  remove_key_files(keys);  // left by a killed run
  return made_.hold(home) ? "" : refused("another process is removing that directory");
}

agent_directory::~agent_directory() {
  if (!made_.is_held() || !made_.take_alone()) return;
  remove_key_files(keys);
  ::rmdir(keys);
  ::unlink(mark);
  ::rmdir(home);
}

}  // namespace arc_identity_cli
