// SPDX-License-Identifier: MIT
/// Access tokens for programs on Azure Arc-enabled servers: the core, this platform's policies, the
/// credential and the machine's metadata. What most programs include.
///
///     arc_identity::credential credential;
///     auto token = credential.get_token("https://vault.azure.net");
///     if (!token) return report(token.error().message());
///     use(token->authorization());
#pragma once

#include <arc_identity/access_token.hpp>
#include <arc_identity/core.hpp>
#include <arc_identity/credential.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/system/client.hpp>
