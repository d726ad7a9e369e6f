// SPDX-License-Identifier: MIT
/// What an exchange with the agent consists of, whatever is asked for: a request in the workspace,
/// the address that it goes to, failures, waits and attempts, and an end. Without I/O and without a
/// clock. What the agent answers is read elsewhere: see handshake.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/exchange/backoff.hpp>
#include <arc_identity/core/http/request_writer.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>

ARC_IDENTITY_BEGIN

/// What a handshake needs next, and what the caller does then. Where a connection fails, the
/// caller says `failed()` instead.
enum class need : std::uint8_t {
  connect,   ///< Close a former connection and connect to `peer()`; then `connected()`.
  send,      ///< Send `output()`, or some of it; then `sent(count)`.
  receive,   ///< Receive into `input()`; then `received(count)`, 0 for the peer's end.
  read_key,  ///< Read the file `key_path()` into `key_space()`; then `key_read(result)`.
  wait,      ///< Close the connection and wait for `wait_time()`; then `waited()`.
  nothing,   ///< Close the connection; `result()` is there.
};

namespace detail {

class exchange {
 public:
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  need next() const noexcept { return need_; }

  // need::connect
  loopback_address peer() const noexcept { return endpoint_.address(address_index_); }

  void connected() noexcept {
    if (need_ != need::connect) return;
    refused_for_ = brief_time(0);
    is_reused_ = false;
    need_ = need::send;
    notify(event_kind::connected, endpoint_.authority());
  }

  // need::send
  const_buffer output() const noexcept {
    return {workspace_.data() + sent_, request_size_ - sent_};
  }

  /// Whether `output()` is a whole request that carries the key: nothing of it is on its way.
  bool carries_key() const noexcept { return need_ == need::send && is_keyed_ && sent_ == 0; }

  // need::wait
  std::chrono::milliseconds wait_time() const noexcept { return wait_; }

  /// What the agent asked for is binding.
  void shorten_wait(std::chrono::milliseconds left) noexcept {
    if (need_ != need::wait) return;
    const std::chrono::milliseconds asked(failure_.retry_after);
    const auto fitting = std::chrono::duration_cast<brief_time>(fitting_wait(wait_, asked, left));
    if (failure_.code == errc::connection_refused) refused_for_ -= wait_ - fitting;
    wait_ = fitting;
  }

  /// The connection could not be made, or broke: `status` is not `ok`.
  void failed(io_status status, int system_error = 0) noexcept {
    if (need_ == need::wait || need_ == need::nothing) return;
    if (status == io_status::timed_out) {
      fail_too_slow();
    } else if (need_ == need::connect) {
      return on_no_connection(status, system_error);
    } else {
      fail(errc::connection_lost, "the connection to the agent broke");
    }
    failure_.system_error = system_error;
    on_lost();
  }

  /// The caller has no more time. Unless a new attempt has come to something, the failure of the
  /// one before stands.
  void give_up() noexcept {
    if (need_ == need::nothing) return;
    if (need_ == need::wait || (need_ == need::connect && has_failed())) return end();
    fail_too_slow();
    wipe_and_end();
  }

  /// The caller does not want to go on; `result()` will tell the code and the static text `why`.
  void stop(errc code, text why) noexcept {
    if (need_ != need::nothing) wipe_and_end(code, why);
  }

 protected:
  exchange(mutable_buffer workspace, const arc_identity::options& options) noexcept
      : workspace_(workspace), options_(options) {}
  ~exchange() { wipe_request(); }

  /// What stands there is the next request; to the agent's first address.
  void start_with(const http::request_writer& writer) noexcept {
    address_index_ = 0;
    was_refused_ = is_keyed_ = is_reused_ = false;
    set_request(writer, need::connect);
  }

  void set_request(const http::request_writer& writer, need next) noexcept {
    http_status_ = 0;
    if (!writer.ok()) return end_for_want_of_space();
    request_size_ = writer.text().size();
    sent_ = 0;
    need_ = next;
  }

  /// `count` bytes are on their way; true where they were the last.
  bool sends_all(std::size_t count) noexcept {
    if (need_ != need::send) return false;
    const std::size_t left = request_size_ - sent_;
    sent_ += count < left ? count : left;
    if (sent_ < request_size_) return false;
    wipe_request();
    need_ = need::receive;
    return true;
  }

  // --- How an attempt ends ---

  /// Why this attempt fails; the status is that of the response under way. What else there is to
  /// say of it is added to `failure_` before it ends.
  ARC_IDENTITY_NOINLINE void fail(errc code, text what) noexcept {
    failure_ = {};
    failure_.code = code;
    failure_.what = what;
    failure_.http_status = http_status_;
  }

  bool has_failed() const noexcept { return failure_.what != nullptr; }

  /// The failure's words may stand in the workspace.
  void end() noexcept {
    wipe_request();
    need_ = need::nothing;
  }

  void wipe_and_end() noexcept {
    wipe(workspace_);
    end();
  }

  ARC_IDENTITY_NOINLINE void wipe_and_end(errc code, text what) noexcept {
    fail(code, what);
    wipe_and_end();
  }

  void end_for_want_of_space() noexcept {
    wipe_and_end(errc::workspace_too_small, "the workspace is too small for the request");
  }

  /// Once more from the start, after a wait; the failure stands if there is no once more.
  void retry(brief_time at_least = brief_time(0),
             brief_time at_most = (brief_time::max)()) noexcept {
    if (++attempts_ >= options_.max_attempts) return end();
    wipe_request();
    wait_ = at_least + backoff_.wait(attempts_);
    if (wait_ > at_most) wait_ = at_most;
    need_ = need::wait;
    notify(event_kind::retrying);
  }

  /// Somewhere on the way, in the middle of a token perhaps. An agent that has closed a connection
  /// which it said it would keep open gets a new one for each request from now on.
  void on_lost() noexcept {
    wipe(workspace_);
    avoids_reuse_ = avoids_reuse_ || is_reused_;
    retry();
  }

  void fail_refused() noexcept {
    fail(errc::connection_refused, "nobody listens at the endpoint");
    failure_.words = endpoint_.authority();
  }

  void wipe_request() noexcept {
    wipe(workspace_.first(request_size_));
    request_size_ = sent_ = 0;
  }

  void notify(event_kind kind, std::string_view text = {}) const noexcept {
    event event{kind, text};
    if (kind == event_kind::retrying) {
      event.reason = failure_.code;
      event.http_status = failure_.http_status;
      event.wait = wait_;
    }
    notify(event);
  }

  void notify(const event& event) const noexcept {
    if (options_.observer != nullptr) options_.observer(options_.observer_context, event);
  }

 private:
  /// This address did not do; the next one may, but for a key, which is for the address that asked
  /// for it. An agent that restarts gets three seconds.
  void on_no_connection(io_status status, int system_error) noexcept {
    constexpr brief_time patience{3000};
    was_refused_ = was_refused_ || status == io_status::refused;
    if (!is_keyed_ && address_index_ + 1U < endpoint_.address_count()) {
      ++address_index_;
      return;
    }
    fail_refused();
    if (status == io_status::refused) failure_.system_error = system_error;
    if (!was_refused_) {
      failure_.system_error = system_error;
      failure_.code = errc::connection_failed;
      failure_.what = "no connection to the agent can be made";
      return status == io_status::busy ? retry() : end();
    }
    const brief_time left = patience - refused_for_;
    if (left <= brief_time(0)) return end();
    retry(brief_time(0), left);
    refused_for_ += wait_;
  }

  /// Time has run out; what the attempt before this one failed of is told as well.
  void fail_too_slow() noexcept {
    const failure before = failure_;
    fail(errc::timed_out, slow_step());
    if (before.what != nullptr && before.code != errc::timed_out) {
      constexpr std::string_view when = "before that";  // One made at run time is more code.
      failure_.words = when;
      failure_.more_words = before.what.c_str();
      if (http_status_ == 0) failure_.http_status = before.http_status;
    }
  }

  text slow_step() const noexcept {
    switch (need_) {
      case need::connect: return "connecting to the agent took too long";
      case need::send: return "the agent did not take the request in time";
      case need::receive:
        return http_status_ == 0 ? "the agent did not answer in time"
                                 : "the agent did not end its answer in time";
      default: return "the time for the exchange is over";
    }
  }

 protected:
  // What is used most comes first: what is near takes less code to reach.
  need need_ = need::nothing;
  bool is_keyed_ = false;      ///< The request under way carries a key.
  bool is_reused_ = false;     ///< It goes over the connection of the one before.
  bool avoids_reuse_ = false;  ///< The agent does not keep connections as it says.

 private:
  bool was_refused_ = false;        ///< In this attempt, at one address at least.
  std::uint8_t address_index_ = 0;  ///< Of the endpoint's addresses, the one in turn.
  unsigned attempts_ = 0;           ///< Those that have failed.
  brief_time wait_{0};
  brief_time refused_for_{0};  ///< What was waited since the first refusal.
  std::size_t sent_ = 0;

 protected:
  int http_status_ = 0;  ///< Of the response under way; 0 as long as it has none.
  backoff backoff_{};
  std::size_t request_size_ = 0;  ///< At the workspace's start, until it is sent.
  const mutable_buffer workspace_;
  const arc_identity::options& options_;
  failure failure_{};
  arc_identity::endpoint endpoint_{};
};

}  // namespace detail
ARC_IDENTITY_END
