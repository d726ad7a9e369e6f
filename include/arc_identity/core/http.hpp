// SPDX-License-Identifier: MIT
/// HTTP/1.1 for one kind of client: GET, one request at a time, the response in a buffer.
#pragma once

#include <arc_identity/core/http/request_writer.hpp>
#include <arc_identity/core/http/response_parser.hpp>
