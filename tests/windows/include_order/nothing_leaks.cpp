// SPDX-License-Identifier: MIT
// Our headers do not include <windows.h>.
#include <arc_identity/arc_identity.hpp>

#if defined(_WINDOWS_) || defined(_WINDOWS_H) || defined(_WINSOCKAPI_) || defined(_WINSOCK2API_)
#error "arc_identity includes <windows.h> or <winsock2.h>"
#endif
#if defined(min) || defined(max) || defined(ERROR) || defined(DELETE) || defined(near) || \
    defined(small) || defined(GetMessage) || defined(CreateFile) || defined(TRUE)
#error "a macro of <windows.h> is defined"
#endif

// Their functions do not conflict with other declarations either.
bool connect(const char* name) { return name != nullptr; }
int send(int number) { return number; }
struct sockaddr_storage {};
