// SPDX-License-Identifier: MIT
/// The functions of ws2_32.dll that the transport calls, declared as in <winsock2.h> without
/// including it; see kernel32.hpp. This avoids conflicts with the older <winsock.h>, which
/// <windows.h> includes.
#pragma once

#include <cstdint>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/kernel32.hpp>

#if defined(_MSC_VER)
#pragma comment(lib, "ws2_32.lib")
#endif

struct WSAData;
struct _WSAPROTOCOL_INFOW;
struct fd_set;
struct sockaddr;
struct timeval;

ARC_IDENTITY_BEGIN
namespace detail {
namespace win32 {

using socket_handle = std::uintptr_t;  // SOCKET

/// An fd_set of one socket.
struct socket_set {
  unsigned count;
  socket_handle socket;
};

/// timeval
struct time_value {
  long seconds;
  long microseconds;
};

/// sockaddr_in; port and address in network order.
struct ipv4_socket_address {
  std::uint16_t family;
  std::uint8_t port[2];
  alignas(4) std::uint8_t address[4];
  std::uint8_t zero[8];
};

/// sockaddr_in6; port and address in network order.
struct ipv6_socket_address {
  std::uint16_t family;
  std::uint8_t port[2];
  std::uint32_t flow_info;
  std::uint8_t address[16];
  std::uint32_t scope_id;
};

/// TCP_INITIAL_RTO_PARAMETERS
struct tcp_initial_rto_parameters {
  std::uint16_t rtt;
  std::uint8_t max_syn_retransmissions;
};

inline constexpr socket_handle invalid_socket = ~socket_handle{0};
inline constexpr std::uint16_t winsock_version = 0x0202;
inline constexpr std::uint16_t af_inet = 2;
inline constexpr std::uint16_t af_inet6 = 23;
inline constexpr int sock_stream = 1;
inline constexpr int ipproto_tcp = 6;
inline constexpr dword wsa_flag_overlapped = 0x01;
inline constexpr dword wsa_flag_no_handle_inherit = 0x80;
inline constexpr long fionbio = -2147195266;  // 0x8004667e
inline constexpr dword sio_tcp_initial_rto = 0x98000011;
inline constexpr std::uint16_t unspecified_rtt = 0xffff;
inline constexpr int sol_socket = 0xffff;
inline constexpr int so_error = 0x1007;

inline constexpr int wsaeintr = 10004;
inline constexpr int wsaemfile = 10024;
inline constexpr int wsaewouldblock = 10035;
inline constexpr int wsaenetreset = 10052;
inline constexpr int wsaeconnaborted = 10053;
inline constexpr int wsaeconnreset = 10054;
inline constexpr int wsaenobufs = 10055;
inline constexpr int wsaeshutdown = 10058;
inline constexpr int wsaetimedout = 10060;
inline constexpr int wsaeconnrefused = 10061;

#if defined(__MINGW32__)
using select_timeout = timeval*;
#else
using select_timeout = const timeval*;
#endif

extern "C" {
__declspec(dllimport) int __stdcall WSACleanup();
__declspec(dllimport) int __stdcall WSAGetLastError();
__declspec(dllimport) int __stdcall WSAIoctl(socket_handle, dword, void*, dword, void*, dword,
                                             dword*, _OVERLAPPED*,
                                             void(__stdcall*)(dword, dword, _OVERLAPPED*, dword));
__declspec(dllimport) socket_handle
    __stdcall WSASocketW(int, int, int, _WSAPROTOCOL_INFOW*, unsigned, dword);
__declspec(dllimport) int __stdcall WSAStartup(unsigned short, WSAData*);
__declspec(dllimport) int __stdcall closesocket(socket_handle);
__declspec(dllimport) int __stdcall connect(socket_handle, const sockaddr*, int);
__declspec(dllimport) int __stdcall getsockopt(socket_handle, int, int, char*, int*);
__declspec(dllimport) int __stdcall ioctlsocket(socket_handle, long, unsigned long*);
__declspec(dllimport) int __stdcall recv(socket_handle, char*, int, int);
__declspec(dllimport) int __stdcall select(int, fd_set*, fd_set*, fd_set*, select_timeout);
__declspec(dllimport) int __stdcall send(socket_handle, const char*, int, int);
}

}  // namespace win32
}  // namespace detail
ARC_IDENTITY_END
