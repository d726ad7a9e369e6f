// SPDX-License-Identifier: MIT
/// Whether this machine has a proxy of its own, by `netsh winhttp set proxy`.
#pragma once

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/winhttp.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// WinHttpGetDefaultProxyConfiguration is looked up at run time: its declaration here would
/// conflict with <winhttp.h>, where the parameter's struct has no tag, only a typedef.
inline bool has_machine_proxy() noexcept {
  using namespace win32;
  using get_configuration = int(__stdcall*)(winhttp_proxy_info*);
  const auto get = reinterpret_cast<get_configuration>(reinterpret_cast<void*>(
      GetProcAddress(GetModuleHandleW(L"winhttp.dll"), "WinHttpGetDefaultProxyConfiguration")));
  winhttp_proxy_info found{};
  if (get == nullptr || get(&found) == 0) return false;
  GlobalFree(found.proxy);
  GlobalFree(found.bypass);
  return found.access_type == winhttp_access_type_named_proxy;
}

}  // namespace detail
ARC_IDENTITY_END
