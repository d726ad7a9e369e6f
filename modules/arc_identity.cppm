// SPDX-License-Identifier: MIT
/// `import arc_identity;`: the names of <arc_identity/arc_identity.hpp> as a C++20 module.
///
/// A module exports no macros: for those with the version, include <arc_identity/version.hpp>. A
/// program may import the module in one unit and include the header in another.
/// tests/consumers/module fails if a public name is missing here.
module;

#include <arc_identity/arc_identity.hpp>

export module arc_identity;

export namespace arc_identity {
using arc_identity::access_token;
using arc_identity::agent_check;
using arc_identity::bad_result;
using arc_identity::basic_client;
using arc_identity::basic_credential;
using arc_identity::client;
using arc_identity::const_buffer;
using arc_identity::credential;
using arc_identity::default_endpoint_url;
using arc_identity::default_key_directory;
using arc_identity::default_limits;
using arc_identity::default_options;
using arc_identity::default_traits;
using arc_identity::endpoint;
using arc_identity::errc;
using arc_identity::error;
using arc_identity::event;
using arc_identity::event_kind;
using arc_identity::file_owner;
using arc_identity::fixed_discovery;
using arc_identity::handshake;
using arc_identity::instance_metadata;
using arc_identity::instance_tag;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::loopback_address;
using arc_identity::managed_identity_id;
using arc_identity::managed_identity_kind;
using arc_identity::max_key_bytes;
using arc_identity::mutable_buffer;
using arc_identity::need;
using arc_identity::options;
using arc_identity::owner_status;
using arc_identity::peer_owner_result;
using arc_identity::result;
using arc_identity::token_request;
using arc_identity::token_response;
using arc_identity::wipe;

namespace challenge {
using arc_identity::challenge::key_path;
}  // namespace challenge

namespace http {
using arc_identity::http::limits_of;
using arc_identity::http::parse_status;
using arc_identity::http::request_writer;
using arc_identity::http::response_limits;
using arc_identity::http::response_parser;
}  // namespace http

namespace json {
using arc_identity::json::extract;
using arc_identity::json::find;
using arc_identity::json::is_valid;
using arc_identity::json::items;
using arc_identity::json::kind;
using arc_identity::json::max_depth;
using arc_identity::json::name_case;
using arc_identity::json::unescape;
using arc_identity::json::value;
}  // namespace json

namespace system {
using arc_identity::system::basic_discovery;
using arc_identity::system::client;
using arc_identity::system::clock;
using arc_identity::system::discovery;
using arc_identity::system::environment;
using arc_identity::system::key_file_reader;
using arc_identity::system::peer_owner;
using arc_identity::system::sighting;
using arc_identity::system::socket_transport;
using arc_identity::system::traits;
}  // namespace system

}  // namespace arc_identity
