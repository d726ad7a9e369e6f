// SPDX-License-Identifier: MIT
/// The exchange for a document that the agent serves without a challenge.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/exchange/exchange.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A Document has
///
///     static constexpr std::string_view path;
///         its path at the agent
///     static constexpr const char* remedy;
///         what to do if the agent refuses it; a sentence
///     detail::failure read(std::string_view body, mutable_buffer space, std::string_view date);
///         takes the body of a 200 response, which stays where it is; `space` is the rest of the
///         workspace, `date` the response's `Date` field. A failure with code 0 means success.
template <class Document>
class document_exchange : public exchange {
 public:
  using response = Document;
  static constexpr bool has_key = false;

  document_exchange(mutable_buffer workspace, const arc_identity::options& options,
                    const http::response_limits& limits) noexcept
      : exchange(std::string_view{}, reason::none, workspace, options, limits) {}

  template <class Discovery>
  void begin(Discovery& discovery) {
    if (find(discovery)) begin_at(discovery.imds_endpoint(), Document::path);
  }

  void received(std::size_t count) noexcept {
    if (!parse_received(count) || !is_complete()) return;
    if (parser_.status_code() == 200) return on_document();
    if (parser_.status_code() == 401) {
      fail(reason::unwanted_challenge);
      quote_agent();
      return end();
    }
    on_error();
    if (failure_.rule == reason::refused_request) failure_.remedy = Document::remedy;
  }

  arc_identity::result<Document> result() const noexcept {
    if (has_failed()) return failure_;
    return document_;
  }

 private:
  void on_document() noexcept {
    const std::string_view text = parser_.body();
    const auto used = static_cast<std::size_t>(text.data() + text.size() - workspace_.data());
    failure_ = document_.read(text, workspace_.after(used), parser_.date().view());
    if (has_failed()) quote_agent();  // Perhaps it is an error.
    end();
  }

  Document document_{};
};

}  // namespace detail
ARC_IDENTITY_END
