// SPDX-License-Identifier: MIT
// The library declares the functions of Windows that it needs. This compares the declarations with
// Windows' headers: functions that are declared differently do not compile next to theirs.

#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

#include <shlobj.h>

#include <mstcpip.h>
#include <wincrypt.h>
#include <winhttp.h>

#include <cstddef>
#include <type_traits>

#include <doctest/doctest.h>
#include <arc_identity/system/platform.hpp>
#include <arc_identity/system/windows/winhttp.hpp>

namespace ours = arc_identity::detail::win32;

static_assert(std::is_same_v<ours::dword, DWORD>);
static_assert(std::is_same_v<ours::handle, HANDLE>);
static_assert(std::is_same_v<ours::socket_handle, SOCKET>);

static_assert(std::is_same_v<ours::internet, HINTERNET>);
static_assert(std::is_same_v<ours::dword_ptr, DWORD_PTR>);
static_assert(std::is_same_v<ours::winhttp_callback, WINHTTP_STATUS_CALLBACK>);

#define CHECK_STRUCT(mine, theirs) \
  static_assert(sizeof(mine) == sizeof(theirs) && alignof(mine) == alignof(theirs))
#define CHECK_MEMBER(mine, my_member, theirs, their_member)                    \
  static_assert(offsetof(mine, my_member) == offsetof(theirs, their_member) && \
                sizeof(mine::my_member) == sizeof(theirs::their_member))

CHECK_STRUCT(ours::file_time, FILETIME);
CHECK_MEMBER(ours::file_time, low, FILETIME, dwLowDateTime);
CHECK_MEMBER(ours::file_time, high, FILETIME, dwHighDateTime);

CHECK_STRUCT(ours::file_information, BY_HANDLE_FILE_INFORMATION);
CHECK_MEMBER(ours::file_information, attributes, BY_HANDLE_FILE_INFORMATION, dwFileAttributes);
CHECK_MEMBER(ours::file_information, size_high, BY_HANDLE_FILE_INFORMATION, nFileSizeHigh);
CHECK_MEMBER(ours::file_information, size_low, BY_HANDLE_FILE_INFORMATION, nFileSizeLow);

CHECK_STRUCT(ours::time_value, timeval);
CHECK_MEMBER(ours::time_value, seconds, timeval, tv_sec);
CHECK_MEMBER(ours::time_value, microseconds, timeval, tv_usec);

CHECK_MEMBER(ours::socket_set, count, fd_set, fd_count);
static_assert(offsetof(ours::socket_set, socket) == offsetof(fd_set, fd_array));

CHECK_STRUCT(ours::ipv4_socket_address, sockaddr_in);
CHECK_MEMBER(ours::ipv4_socket_address, family, sockaddr_in, sin_family);
CHECK_MEMBER(ours::ipv4_socket_address, port, sockaddr_in, sin_port);
CHECK_MEMBER(ours::ipv4_socket_address, address, sockaddr_in, sin_addr);

CHECK_STRUCT(ours::ipv6_socket_address, sockaddr_in6);
CHECK_MEMBER(ours::ipv6_socket_address, family, sockaddr_in6, sin6_family);
CHECK_MEMBER(ours::ipv6_socket_address, port, sockaddr_in6, sin6_port);
CHECK_MEMBER(ours::ipv6_socket_address, flow_info, sockaddr_in6, sin6_flowinfo);
CHECK_MEMBER(ours::ipv6_socket_address, address, sockaddr_in6, sin6_addr);
CHECK_MEMBER(ours::ipv6_socket_address, scope_id, sockaddr_in6, sin6_scope_id);

CHECK_STRUCT(ours::tcp_initial_rto_parameters, TCP_INITIAL_RTO_PARAMETERS);
CHECK_MEMBER(ours::tcp_initial_rto_parameters, rtt, TCP_INITIAL_RTO_PARAMETERS, Rtt);
CHECK_MEMBER(ours::tcp_initial_rto_parameters, max_syn_retransmissions, TCP_INITIAL_RTO_PARAMETERS,
             MaxSynRetransmissions);

CHECK_STRUCT(ours::winhttp_proxy_info, WINHTTP_PROXY_INFO);
CHECK_MEMBER(ours::winhttp_proxy_info, access_type, WINHTTP_PROXY_INFO, dwAccessType);
CHECK_MEMBER(ours::winhttp_proxy_info, proxy, WINHTTP_PROXY_INFO, lpszProxy);
CHECK_MEMBER(ours::winhttp_proxy_info, bypass, WINHTTP_PROXY_INFO, lpszProxyBypass);

CHECK_STRUCT(ours::winhttp_async_result, WINHTTP_ASYNC_RESULT);
CHECK_MEMBER(ours::winhttp_async_result, function, WINHTTP_ASYNC_RESULT, dwResult);
CHECK_MEMBER(ours::winhttp_async_result, error, WINHTTP_ASYNC_RESULT, dwError);

static_assert(sizeof(WSADATA) <= 512);

static_assert(ours::generic_read == GENERIC_READ);
static_assert(ours::file_share_read == FILE_SHARE_READ);
static_assert(ours::file_share_write == FILE_SHARE_WRITE);
static_assert(ours::file_share_delete == FILE_SHARE_DELETE);
static_assert(ours::open_existing == OPEN_EXISTING);
static_assert(ours::file_flag_open_reparse_point == FILE_FLAG_OPEN_REPARSE_POINT);
static_assert(ours::security_sqos_present == (SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS));
static_assert(ours::file_attribute_directory == FILE_ATTRIBUTE_DIRECTORY);
static_assert(ours::file_attribute_device == FILE_ATTRIBUTE_DEVICE);
static_assert(ours::file_attribute_reparse_point == FILE_ATTRIBUTE_REPARSE_POINT);
static_assert(ours::invalid_file_attributes == INVALID_FILE_ATTRIBUTES);
static_assert(ours::file_type_disk == FILE_TYPE_DISK);
static_assert(ours::cp_utf8 == CP_UTF8);
static_assert(ours::mb_err_invalid_chars == MB_ERR_INVALID_CHARS);
static_assert(ours::wc_err_invalid_chars == WC_ERR_INVALID_CHARS);
static_assert(ours::error_file_not_found == ERROR_FILE_NOT_FOUND);
static_assert(ours::error_path_not_found == ERROR_PATH_NOT_FOUND);
static_assert(ours::error_too_many_open_files == ERROR_TOO_MANY_OPEN_FILES);
static_assert(ours::error_not_enough_memory == ERROR_NOT_ENOUGH_MEMORY);
static_assert(ours::error_no_system_resources == ERROR_NO_SYSTEM_RESOURCES);
static_assert(ours::error_access_denied == ERROR_ACCESS_DENIED);
static_assert(ours::error_sharing_violation == ERROR_SHARING_VIOLATION);
static_assert(ours::error_lock_violation == ERROR_LOCK_VIOLATION);
static_assert(ours::error_invalid_name == ERROR_INVALID_NAME);

static_assert(ours::csidl_common_appdata == CSIDL_COMMON_APPDATA);
static_assert(ours::csidl_program_files == CSIDL_PROGRAM_FILES);
static_assert(ours::csidl_flag_dont_verify == CSIDL_FLAG_DONT_VERIFY);
static_assert(ours::shgfp_type_current == static_cast<DWORD>(SHGFP_TYPE_CURRENT));
static_assert(ours::max_path == MAX_PATH);

static_assert(ours::invalid_socket == INVALID_SOCKET);
static_assert(ours::winsock_version == MAKEWORD(2, 2));
static_assert(ours::af_inet == AF_INET);
static_assert(ours::af_inet6 == AF_INET6);
static_assert(ours::sock_stream == SOCK_STREAM);
static_assert(ours::ipproto_tcp == IPPROTO_TCP);
static_assert(ours::wsa_flag_overlapped == WSA_FLAG_OVERLAPPED);
static_assert(ours::wsa_flag_no_handle_inherit == WSA_FLAG_NO_HANDLE_INHERIT);
static_assert(ours::fionbio == static_cast<long>(FIONBIO));
static_assert(ours::sio_tcp_initial_rto == static_cast<DWORD>(SIO_TCP_INITIAL_RTO));
static_assert(ours::unspecified_rtt == TCP_INITIAL_RTO_UNSPECIFIED_RTT);
static_assert(ours::sol_socket == SOL_SOCKET);
static_assert(ours::so_error == SO_ERROR);
static_assert(ours::wsaeintr == WSAEINTR);
static_assert(ours::wsaemfile == WSAEMFILE);
static_assert(ours::wsaenobufs == WSAENOBUFS);
static_assert(ours::wsaewouldblock == WSAEWOULDBLOCK);
static_assert(ours::wsaenetreset == WSAENETRESET);
static_assert(ours::wsaeconnaborted == WSAECONNABORTED);
static_assert(ours::wsaeconnreset == WSAECONNRESET);
static_assert(ours::wsaeshutdown == WSAESHUTDOWN);
static_assert(ours::wsaetimedout == WSAETIMEDOUT);
static_assert(ours::wsaeconnrefused == WSAECONNREFUSED);

static_assert(ours::winhttp_access_type_default_proxy == WINHTTP_ACCESS_TYPE_DEFAULT_PROXY);
static_assert(ours::winhttp_access_type_named_proxy == WINHTTP_ACCESS_TYPE_NAMED_PROXY);
static_assert(ours::winhttp_access_type_automatic_proxy == WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY);
static_assert(ours::winhttp_flag_async == WINHTTP_FLAG_ASYNC);
static_assert(ours::winhttp_flag_escape_disable == WINHTTP_FLAG_ESCAPE_DISABLE);
static_assert(ours::winhttp_flag_secure == WINHTTP_FLAG_SECURE);
static_assert(ours::winhttp_addreq_flag_add == WINHTTP_ADDREQ_FLAG_ADD);
static_assert(ours::winhttp_addreq_flag_replace == WINHTTP_ADDREQ_FLAG_REPLACE);
static_assert(ours::winhttp_option_context_value == WINHTTP_OPTION_CONTEXT_VALUE);
static_assert(ours::winhttp_option_client_cert_context == WINHTTP_OPTION_CLIENT_CERT_CONTEXT);
static_assert(ours::winhttp_option_disable_feature == WINHTTP_OPTION_DISABLE_FEATURE);
static_assert(ours::winhttp_option_server_cert_context == WINHTTP_OPTION_SERVER_CERT_CONTEXT);
static_assert(ours::winhttp_option_secure_protocols == WINHTTP_OPTION_SECURE_PROTOCOLS);
static_assert(ours::winhttp_disable_cookies == WINHTTP_DISABLE_COOKIES);
static_assert(ours::winhttp_disable_redirects == WINHTTP_DISABLE_REDIRECTS);
static_assert(ours::winhttp_disable_authentication == WINHTTP_DISABLE_AUTHENTICATION);
static_assert(ours::winhttp_flag_secure_protocol_tls1_2 == WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2);
static_assert(ours::winhttp_flag_secure_protocol_tls1_3 == WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3);
static_assert(ours::winhttp_query_content_length == WINHTTP_QUERY_CONTENT_LENGTH);
static_assert(ours::winhttp_query_status_code == WINHTTP_QUERY_STATUS_CODE);
static_assert(ours::winhttp_query_raw_headers_crlf == WINHTTP_QUERY_RAW_HEADERS_CRLF);
static_assert(ours::winhttp_query_flag_number == WINHTTP_QUERY_FLAG_NUMBER);
static_assert(ours::winhttp_callback_status_connecting_to_server ==
              WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER);
static_assert(ours::winhttp_callback_status_connected_to_server ==
              WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER);
static_assert(ours::winhttp_callback_status_handle_closing ==
              WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING);
static_assert(ours::winhttp_callback_status_secure_failure ==
              WINHTTP_CALLBACK_STATUS_SECURE_FAILURE);
static_assert(ours::winhttp_callback_status_headers_available ==
              WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE);
static_assert(ours::winhttp_callback_status_read_complete == WINHTTP_CALLBACK_STATUS_READ_COMPLETE);
static_assert(ours::winhttp_callback_status_request_error == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR);
static_assert(ours::winhttp_callback_status_sendrequest_complete ==
              WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE);
static_assert(ours::winhttp_callback_status_flag_cert_rev_failed ==
              WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED);
static_assert(ours::winhttp_callback_status_flag_invalid_cert ==
              WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT);
static_assert(ours::winhttp_callback_status_flag_cert_revoked ==
              WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED);
static_assert(ours::winhttp_callback_status_flag_invalid_ca ==
              WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA);
static_assert(ours::winhttp_callback_status_flag_cert_cn_invalid ==
              WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID);
static_assert(ours::winhttp_callback_status_flag_cert_date_invalid ==
              WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID);
static_assert(ours::winhttp_callback_status_flag_cert_wrong_usage ==
              WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE);
static_assert(ours::error_winhttp_timeout == ERROR_WINHTTP_TIMEOUT);
static_assert(ours::error_winhttp_invalid_url == ERROR_WINHTTP_INVALID_URL);
static_assert(ours::error_winhttp_name_not_resolved == ERROR_WINHTTP_NAME_NOT_RESOLVED);
static_assert(ours::error_winhttp_cannot_connect == ERROR_WINHTTP_CANNOT_CONNECT);
static_assert(ours::error_winhttp_connection_error == ERROR_WINHTTP_CONNECTION_ERROR);
static_assert(ours::error_winhttp_secure_cert_date_invalid ==
              ERROR_WINHTTP_SECURE_CERT_DATE_INVALID);
static_assert(ours::error_winhttp_secure_cert_cn_invalid == ERROR_WINHTTP_SECURE_CERT_CN_INVALID);
static_assert(ours::error_winhttp_secure_invalid_ca == ERROR_WINHTTP_SECURE_INVALID_CA);
static_assert(ours::error_winhttp_secure_cert_rev_failed == ERROR_WINHTTP_SECURE_CERT_REV_FAILED);
static_assert(ours::error_winhttp_invalid_server_response == ERROR_WINHTTP_INVALID_SERVER_RESPONSE);
static_assert(ours::error_winhttp_secure_channel_error == ERROR_WINHTTP_SECURE_CHANNEL_ERROR);
static_assert(ours::error_winhttp_secure_invalid_cert == ERROR_WINHTTP_SECURE_INVALID_CERT);
static_assert(ours::error_winhttp_secure_cert_revoked == ERROR_WINHTTP_SECURE_CERT_REVOKED);
static_assert(ours::error_winhttp_secure_failure == ERROR_WINHTTP_SECURE_FAILURE);
static_assert(ours::error_winhttp_secure_cert_wrong_usage == ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE);

TEST_CASE("declarations: invalid_handle() is INVALID_HANDLE_VALUE") {
  CHECK(ours::invalid_handle() == INVALID_HANDLE_VALUE);
}
