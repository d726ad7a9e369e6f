// SPDX-License-Identifier: MIT
/// The library's version, for the preprocessor and the build.
#pragma once

#define ARC_IDENTITY_VERSION_MAJOR 0
#define ARC_IDENTITY_VERSION_MINOR 1
#define ARC_IDENTITY_VERSION_PATCH 0
#define ARC_IDENTITY_VERSION "0.1.0"
