// SPDX-License-Identifier: MIT
/// What the agent reports about its machine: name, location and resource id in Azure, tags. Any
/// local user may request it; no key is needed, and nothing in it is secret.
///
///     char workspace[64 * 1024];
///     arc_identity::client client;
///     auto machine = client.get_instance_metadata(workspace);
///     if (machine) use(machine->location());
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/json/path.hpp>
#include <arc_identity/instance_metadata/http_date.hpp>

ARC_IDENTITY_BEGIN

/// A tag that the machine has in Azure.
struct instance_tag {
  std::string_view name{};   ///< The name, unique among the machine's tags.
  std::string_view value{};  ///< The value, perhaps empty.
};

/// The answer of the agent's `/metadata/instance`. All views point into the workspace; what the
/// agent does not report is empty. Texts are UTF-8 and may hold control characters. For one thread
/// at a time: escapes are decoded when a text is accessed.
class instance_metadata {
 public:
  // --- The requirements of a Document: see core/exchange/document_exchange.hpp ---

  static constexpr std::string_view path = "/metadata/instance";  ///< Its path at the agent.
  /// What to do if the agent refuses it.
  static constexpr const char* remedy =
      "Check the api_version, and that the program listening there is the Arc agent";

  /// Takes the `body` of a response whose `Date` field is `date`. The views of escaped texts are
  /// decoded in `space`, which must be as large as the body.
  /// Errors: `invalid_json` if it is not metadata, `workspace_too_small`.
  detail::failure read(std::string_view body, mutable_buffer space,
                       std::string_view date) noexcept {
    constexpr const char* members =
        "name\0location\0resourceId\0subscriptionId\0resourceGroupName\0vmId\0osType\0version\0"
        "azEnvironment\0tagsList\0";
    json::value compute;
    if (!json::extract(body, "compute\0", &compute) || compute.kind != json::kind::object ||
        !json::extract(compute.text, members, values_)) {
      return {errc::invalid_json,
              "the agent's metadata is not JSON with an object named compute",
              {},
              200,
              0,
              "Check that the program listening there is the Arc agent"};
    }
    if (space.size() < body.size()) return detail::violation(detail::reason::workspace_small);
    json_ = body;
    space_ = space;
    const std::int64_t time = detail::parse_http_date(date);
    agent_time_ = std::chrono::seconds(time > 0 ? time : 0);
    return {};
  }

  /// The machine's name in Azure.
  std::string_view name() const noexcept { return text(values_[name_]); }
  /// Azure's region, such as `westeurope`.
  std::string_view location() const noexcept { return text(values_[location_]); }
  /// `/subscriptions/.../providers/Microsoft.HybridCompute/machines/...`
  std::string_view resource_id() const noexcept { return text(values_[resource_id_]); }
  /// A GUID.
  std::string_view subscription_id() const noexcept { return text(values_[subscription_id_]); }
  /// The resource group's name.
  std::string_view resource_group() const noexcept { return text(values_[resource_group_]); }
  /// The GUID that identifies the machine in Azure.
  std::string_view vm_id() const noexcept { return text(values_[vm_id_]); }
  /// `Linux` or `Windows`, as the agent spells it.
  std::string_view os_type() const noexcept { return text(values_[os_type_]); }
  /// The agent's version, as the agent spells it.
  std::string_view agent_version() const noexcept { return text(values_[version_]); }
  /// For example `AzurePublicCloud`.
  std::string_view cloud() const noexcept { return text(values_[cloud_]); }

  /// Calls `on_tag(instance_tag)` for each tag, in the agent's order.
  template <class OnTag>
  void for_each_tag(OnTag on_tag) const {
    if (values_[tags_list_].kind != json::kind::array) return;
    for (json::items tags(values_[tags_list_]); tags.next();) {
      json::value tag[2] = {};  // name, value
      if (tags.value().kind == json::kind::object) {
        json::extract(tags.value().text, "name\0value\0", tag);
      }
      on_tag(instance_tag{text(tag[0]), text(tag[1])});
    }
  }

  /// The whole response, unchanged; valid JSON. For values without a method here, see `json::find`.
  std::string_view json() const noexcept { return json_; }

  /// The agent's clock when it answered (its `Date` field), since 1970; 0 if it sent none.
  std::chrono::seconds agent_time() const noexcept { return agent_time_; }

 private:
  enum : std::size_t {
    name_,
    location_,
    resource_id_,
    subscription_id_,
    resource_group_,
    vm_id_,
    os_type_,
    version_,
    cloud_,
    tags_list_,
    member_count_,
  };

  /// A string's value: unchanged, or decoded into `space_` at the same offset as in the body, so
  /// that no two texts overlap.
  std::string_view text(const json::value& value) const noexcept {
    if (value.kind != json::kind::string) return {};
    if (value.text.find('\\') == std::string_view::npos) return value.text;
    const auto offset = static_cast<std::size_t>(value.text.data() - json_.data());
    const mutable_buffer place = space_.after(offset).first(value.text.size());
    std::memcpy(place.data(), value.text.data(), value.text.size());
    return json::unescape(place);
  }

  std::string_view json_{};
  mutable_buffer space_{};
  json::value values_[member_count_] = {};
  std::chrono::seconds agent_time_{0};
};

ARC_IDENTITY_END
