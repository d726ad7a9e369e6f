// SPDX-License-Identifier: MIT
/// The core of arc_identity: the whole exchange for a token, with no heap, no exceptions, no
/// RTTI and no operating system. For firmware, event loops, and clients with policies of their
/// own.
#pragma once

#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/client.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/handshake.hpp>
#include <arc_identity/core/http.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/json/path.hpp>
#include <arc_identity/core/managed_identity_id.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/version.hpp>
