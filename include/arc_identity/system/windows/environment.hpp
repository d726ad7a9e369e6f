// SPDX-License-Identifier: MIT
/// What discovery looks at on a Windows system: environment variables, and whether the agent's
/// executable is there. The values are kept in the object: no heap.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/sighting.hpp>
#include <arc_identity/system/windows/kernel32.hpp>
#include <arc_identity/system/windows/utf16.hpp>

ARC_IDENTITY_BEGIN
namespace system {

class environment {
 public:
  /// Windows has no such file: the agent's installer sets the variables of the machine.
  static constexpr const char* drop_in = "";
  /// Below %ProgramFiles%.
  static constexpr const char* agent_executable = "\\AzureConnectedMachineAgent\\himds.exe";
  static constexpr const char* searched =
      "this is not an Azure Arc machine: no IDENTITY_ENDPOINT and IMDS_ENDPOINT in the "
      "environment, "
      "no %ProgramFiles%\\AzureConnectedMachineAgent\\himds.exe";

  static constexpr const char* drop_in_remedy = nullptr;

  /// %ProgramData%\AzureConnectedMachineAgent\Tokens; empty where that variable is not set. It is
  /// kept until the next call.
  std::string_view key_directory() noexcept {
    constexpr std::string_view below = "\\AzureConnectedMachineAgent\\Tokens";
    std::string_view parent = read_variable("ProgramData", key_directory_);
    if (parent.empty() || parent.size() > longest_value) return {};
    while (!parent.empty() && challenge::detail::is_separator(parent.back())) {
      parent.remove_suffix(1);
    }
    std::memcpy(key_directory_ + parent.size(), below.data(), below.size());
    return {key_directory_, parent.size() + below.size()};
  }

  /// The variable's value in UTF-8; empty where it is not set. The values of the last three calls
  /// are kept. One that cannot be kept, or is not Unicode, becomes a longer one, which no URL is.
  std::string_view variable(const char* name) noexcept {
    char* const space = values_[next_];
    next_ = (next_ + 1) % kept_values;
    return read_variable(name, {space, sizeof values_[0]});
  }

  static sighting read(const char*, mutable_buffer) noexcept { return {}; }

  /// Whether there is something of this name below %ProgramFiles%, be it that of the 64-bit
  /// programs, as the agent is, where this one is of 32 bits.
  static sighting look_at(const char* path) noexcept {
    const sighting first = look_below(L"ProgramW6432", path);
    if (first.is_there) return first;
    const sighting second = look_below(L"ProgramFiles", path);
    return second.is_there || first.system_error == 0 ? second : first;
  }

 private:
  static constexpr std::size_t kept_values = 3;
  /// As long a URL as discovery takes.
  static constexpr std::size_t longest_value = 512;
  static constexpr std::size_t room_for_key_directory = 64;

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

  static sighting look_below(const wchar_t* folder_variable, const char* path) noexcept {
    using namespace detail::win32;
    wchar_t full[detail::max_path_units];
    const dword size = GetEnvironmentVariableW(folder_variable, full, detail::max_path_units);
    if (size == 0 || size >= detail::max_path_units ||
        !detail::to_utf16(path, full + size, detail::max_path_units - size)) {
      return {};
    }
    if (GetFileAttributesW(full) != invalid_file_attributes) return {true};
    const dword error = GetLastError();
    const bool is_absent = error == error_file_not_found || error == error_path_not_found;
    return {false, is_absent ? 0 : static_cast<int>(error)};
  }

  char values_[kept_values][longest_value + 1];
  char key_directory_[longest_value + room_for_key_directory];
  std::size_t next_ = 0;
};

}  // namespace system
ARC_IDENTITY_END
