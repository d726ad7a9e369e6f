// SPDX-License-Identifier: MIT
/// Access tokens for programs on Azure Arc-enabled servers: the core, this platform's policies, the
/// credential and the machine's metadata. What most programs include.
///
///     arc_identity::credential credential;
///     auto token = credential.get_token("https://vault.azure.net");
///     if (!token) return report(token.error().message());
///     use(token->authorization());
///
/// With ARC_IDENTITY_CORE_ONLY defined it is the core alone, which needs no operating system: what
/// the single header is for firmware.
#pragma once

#include <arc_identity/core.hpp>
#ifndef ARC_IDENTITY_CORE_ONLY
#include <arc_identity/access_token.hpp>
#include <arc_identity/credential.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/system/client.hpp>
#endif
