// SPDX-License-Identifier: MIT
/// The part of an exchange that has to do with the key: the file that the agent's challenge names,
/// the key's way into the second request, and what becomes known of it. It opens nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/exchange/agent_check.hpp>
#include <arc_identity/core/exchange/exchange.hpp>
#include <arc_identity/core/exchange/key_trace.hpp>
#include <arc_identity/core/http/request_writer.hpp>
#include <arc_identity/core/policies.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

class keyed_exchange : public exchange {
 public:
  /// At the beginning: where key files must lie.
  void set_key_directory(std::string_view directory) noexcept { key_directory_ = directory; }

  // need::read_key
  /// NUL-terminated, at the end of the workspace.
  const char* key_path() const noexcept { return workspace_.end() - key_path_size_ - 1; }

  mutable_buffer key_space() const noexcept {
    if (need_ != need::read_key) return {};
    const mutable_buffer space = workspace_.after(request_size_);
    const std::size_t room = space.size() - key_path_size_ - 1;
    return space.first(room <= max_key_bytes ? room : max_key_bytes + 1);
  }

  void key_read(const key_file_result& file) noexcept {
    if (need_ != need::read_key) return;
    if (file.status != key_file_status::ok) return on_unreadable_key(file);
    const mutable_buffer space = key_space();
    const std::size_t size = file.size < space.size() ? file.size : space.size();
    request_size_ += size;  // From here on, whatever happens, it is wiped with the request.
    if (size == space.size()) {
      return size <= max_key_bytes
                 ? end_for_want_of_space()
                 : end_at_key(errc::key_file_invalid, "the key file is longer than 4096 bytes");
    }
    std::string_view key(space.data(), size);
    while (!key.empty() && (key.back() == '\r' || key.back() == '\n')) key.remove_suffix(1);
    const std::string_view known_as = trim(key);  // As others repeat it.
    if (known_as.empty()) return end_at_key(errc::key_file_invalid, "the key file is empty");
    if (!all_of(key, is_field_char)) {
      return end_at_key(errc::key_file_invalid, "the key file holds a control byte");
    }
    key_trace_ = key_trace(known_as);
    key_owner_ = file.owner;
    notify(event_kind::key_read);
    request_size_ -= size - key.size();
    finish_request();
  }

  // need::connect, need::send
  file_owner key_owner() const noexcept { return key_owner_; }

  void peer_owned_by(const peer_owner_result& peer) noexcept {
    const agent_check check = check_of(options_);
    const bool has_key = carries_key();
    if (has_key ? may_get_key(check, key_owner_, peer)
                : need_ != need::connect || may_get_request(check, peer)) {
      return;
    }
    if (peer.status == owner_status::busy) {
      fail(errc::connection_failed, "it cannot be found out now who owns the agent's connection");
      failure_.system_error = peer.system_error;
      return on_lost();
    }
    wipe(workspace_);
    fail(errc::agent_not_verified, why_not(has_key, peer.status));
    if (peer.status == owner_status::known) {
      failure_.words = write_owners(workspace_, has_key ? key_owner_ : file_owner{}, peer);
    }
    failure_.system_error = peer.system_error;
    request_size_ = 0;
    end();
  }

 protected:
  keyed_exchange(mutable_buffer workspace, const arc_identity::options& options) noexcept
      : exchange(workspace, options) {}

  bool repeats_key(std::string_view text) const noexcept { return key_trace_.is_in(text); }

  /// The challenge wants the file `path` read. Whether it may be; else the exchange has ended.
  bool accepts(std::string_view path) noexcept {
    if (repeats_key(path)) {
      wipe_and_end(errc::key_path_rejected, "the challenge repeats the key before");
      return false;
    }
    const text why = challenge::detail::check_key_path(path, key_directory_);
    if (why != nullptr) reject_path(why, path);
    return why == nullptr;
  }

  ARC_IDENTITY_NOINLINE void reject_path(objection why, std::string_view path) noexcept {
    fail(errc::key_path_rejected, why);
    failure_.words = path;
    end();
  }

  /// Moves the path out of the response to the workspace's end. The second request is written
  /// before it, up to where the key goes, so that the key is read right into its place.
  http::request_writer keep_path(std::string_view path, bool keeps_connection) noexcept {
    is_reused_ = keeps_connection && !avoids_reuse_;
    key_path_size_ = path.size();
    const mutable_buffer room = workspace_.first(workspace_.size() - path.size() - 1);
    copy_up(room.end(), path);
    *(room.end() + path.size()) = '\0';
    return http::request_writer(room);
  }

 private:
  /// Ends the request behind the key. There is room: the path, which is not needed any more,
  /// stands behind it.
  void finish_request() noexcept {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    copy(workspace_.data() + request_size_, end_of_head);
    request_size_ += end_of_head.size();
    is_keyed_ = true;
    need_ = is_reused_ ? need::send : need::connect;
  }

  text why_not(bool has_key, owner_status status) const noexcept {
    if (status == owner_status::hidden) return "the system hides who owns the agent's connection";
    if (status == owner_status::unknown) return "it is unknown who owns the agent's connection";
    if (!has_key) return "neither root nor the user himds owns the agent's connection";
    if (!key_owner_.is_known) return "it is unknown who owns the key file";
    return "the key file and the agent's connection have different owners";
  }

  void on_unreadable_key(const key_file_result& file) noexcept {
    switch (file.status) {
      case key_file_status::not_found:
        fail_at_key(errc::key_file_not_found, "the key file is not there");
        break;
      case key_file_status::denied:
        fail_at_key(errc::key_file_denied, "access to the key file is denied");
        break;
      case key_file_status::invalid:
        fail_at_key(errc::key_file_invalid, "the key file is not a regular file");
        break;
      default: fail_at_key(errc::key_file_failed, "the key file cannot be read");
    }
    if (file.reason != nullptr) failure_.what = file.reason;
    failure_.remedy = file.remedy;
    failure_.system_error = file.system_error;
    file.status == key_file_status::busy ? retry() : end();
  }

  ARC_IDENTITY_NOINLINE void fail_at_key(errc code, text what) noexcept {
    fail(code, what);
    failure_.words = path();
  }

  void end_at_key(errc code, text what) noexcept {
    fail_at_key(code, what);
    end();
  }

  std::string_view path() const noexcept { return {key_path(), key_path_size_}; }

 protected:
  bool had_stale_key_ = false;  ///< The agent has refused a key in an attempt before.

 private:
  std::string_view key_directory_{};
  std::size_t key_path_size_ = 0;
  key_trace key_trace_{};  ///< Of the key that was sent last.
  file_owner key_owner_{};
};

}  // namespace detail
ARC_IDENTITY_END
