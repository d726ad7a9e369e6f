// SPDX-License-Identifier: MIT
/// The library's version, for the preprocessor and the build.
#pragma once

/// Breaks what it likes when it grows.
#define ARC_IDENTITY_VERSION_MAJOR 0
/// Adds when it grows; while the major version is 0, may break as well.
#define ARC_IDENTITY_VERSION_MINOR 1
/// Mends when it grows.
#define ARC_IDENTITY_VERSION_PATCH 0
/// All three, as a text.
#define ARC_IDENTITY_VERSION "0.1.0"
