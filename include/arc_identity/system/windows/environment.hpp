// SPDX-License-Identifier: MIT
/// What discovery reads on a Windows system: environment variables, and whether the agent's
/// executable exists. Folders are the system's known folders, not taken from variables: a variable
/// could name a folder on another host, which would get this user's credentials. The values are
/// stored in the object, not on the heap.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/sighting.hpp>
#include <arc_identity/system/windows/kernel32.hpp>
#include <arc_identity/system/windows/shell32.hpp>
#include <arc_identity/system/windows/utf16.hpp>

ARC_IDENTITY_BEGIN
namespace system {

class environment {
 public:
  /// Windows has no such file: the agent's installer sets variables of the machine.
  static constexpr const char* drop_in = "";
  /// Below the folder Program Files.
  static constexpr const char* agent_executable = "\\AzureConnectedMachineAgent\\himds.exe";
  static const char* searched() noexcept {
    return "this is not an Azure Arc machine: no IDENTITY_ENDPOINT and IMDS_ENDPOINT in the "
           "environment, no AzureConnectedMachineAgent\\himds.exe in the folder Program Files";
  }

  static constexpr const char* drop_in_remedy = nullptr;

  /// Windows has no programs that run with more privileges than the caller who sets their
  /// variables.
  static constexpr bool ignores_variables() noexcept { return false; }

  /// AzureConnectedMachineAgent\Tokens in the folder ProgramData; empty if the system has none.
  /// Valid until the next call.
  std::string_view key_directory() noexcept {
    using namespace detail::win32;
    constexpr std::string_view below = "\\AzureConnectedMachineAgent\\Tokens";
    wchar_t folder[max_path];
    const std::size_t units = known_folder(csidl_common_appdata, folder);
    const std::size_t size = detail::to_utf8(
        folder, units, mutable_buffer(key_directory_).first(sizeof key_directory_ - below.size()));
    if (size == 0) return {};
    std::memcpy(key_directory_ + size, below.data(), below.size());
    return {key_directory_, size + below.size()};
  }

  /// The variable's value in UTF-8; empty if it is not set. The values of the last three calls stay
  /// valid. A value that is too long or not Unicode is replaced by one that is too long for a URL,
  /// so that it is rejected.
  std::string_view variable(const char* name) noexcept {
    char* const space = values_[next_];
    next_ = (next_ + 1) % kept_values;
    return read_variable(name, {space, sizeof values_[0]});
  }

  static sighting read(const char*, mutable_buffer) noexcept { return {}; }

  /// Whether `path` exists below the folder Program Files of 64-bit programs, where the agent is.
  /// For a 32-bit program, the known folder is "Program Files (x86)".
  static sighting look_at(const char* path) noexcept {
    using namespace detail::win32;
    constexpr std::wstring_view suffix = L" (x86)";
    wchar_t full[detail::max_path_units];
    std::size_t size = known_folder(csidl_program_files, full);
    if (size > suffix.size() &&
        std::wstring_view(full + size - suffix.size(), suffix.size()) == suffix) {
      size -= suffix.size();
    }
    if (size == 0 || !detail::to_utf16(path, full + size, detail::max_path_units - size)) return {};
    if (GetFileAttributesW(full) != invalid_file_attributes) return {true};
    const dword error = GetLastError();
    const bool is_absent = error == error_file_not_found || error == error_path_not_found;
    return {false, is_absent ? 0 : static_cast<int>(error)};
  }

 private:
  static constexpr std::size_t kept_values = 3;
  /// The longest URL that discovery accepts.
  static constexpr std::size_t longest_value = 512;

  static std::string_view read_variable(const char* name, mutable_buffer space) noexcept {
    using namespace detail::win32;
    wchar_t wide_name[32];
    if (!detail::to_utf16(name, wide_name, sizeof wide_name / sizeof wide_name[0])) return {};
    wchar_t value[longest_value + 1];
    const dword size = GetEnvironmentVariableW(wide_name, value, longest_value + 1);
    if (size == 0) return {};
    const std::size_t count =
        size > longest_value ? 0 : detail::to_utf8(value, size, space.first(longest_value));
    if (count != 0) return {space.data(), count};
    std::memset(space.data(), '?', longest_value + 1);
    return {space.data(), longest_value + 1};
  }

  /// Writes the folder's path, without a separator at the end, to `space`. Returns its length; 0 if
  /// the system has no such folder.
  static std::size_t known_folder(int id, wchar_t* space) noexcept {
    using namespace detail::win32;
    if (SHGetFolderPathW(nullptr, id | csidl_flag_dont_verify, nullptr, shgfp_type_current,
                         space) != 0) {
      return 0;
    }
    std::size_t size = 0;
    while (size < max_path && space[size] != L'\0') ++size;
    while (size > 0 && space[size - 1] == L'\\') --size;
    return size;
  }

  char values_[kept_values][longest_value + 1];
  char key_directory_[1024];  // Each of the 260 units of a folder's path can become three bytes.
  std::size_t next_ = 0;
};

}  // namespace system
ARC_IDENTITY_END
