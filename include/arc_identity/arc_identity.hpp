// SPDX-License-Identifier: MIT
/// Access tokens for programs on Azure Arc-enabled servers: the core, this platform's policies, the
/// credential and the machine's metadata. What most programs include.
///
///     arc_identity::credential credential;
///     auto token = credential.get_token("https://vault.azure.net");
///     if (!token) return report(token.error().message());
///     use(token->authorization());
///
/// With ARC_IDENTITY_CORE_ONLY defined, this is the core alone, which needs no operating system.
/// Firmware that uses the single header defines it.
///
/// With ARC_IDENTITY_SEPARATE_COMPILATION defined, translation units see only the declarations of
/// `credential` and `client`, and compile several times as fast. One of them must contain the code:
/// it also defines ARC_IDENTITY_IMPLEMENTATION before it includes this header. (CMake:
/// `arc_identity::compiled`.)
#pragma once

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json/path.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/version.hpp>
#ifndef ARC_IDENTITY_CORE_ONLY
#include <arc_identity/access_token.hpp>
#include <arc_identity/instance_metadata.hpp>
#endif
#if ARC_IDENTITY_HAS_CODE
#include <arc_identity/core.hpp>
#endif
#ifndef ARC_IDENTITY_CORE_ONLY
#if defined(ARC_IDENTITY_SEPARATE_COMPILATION)
#include <arc_identity/separate/declarations.hpp>
#endif
#if ARC_IDENTITY_HAS_CODE
#include <arc_identity/credential.hpp>
#include <arc_identity/system/client.hpp>
#if defined(ARC_IDENTITY_SEPARATE_COMPILATION)
#include <arc_identity/separate/definitions.hpp>
#endif
#endif
#endif
