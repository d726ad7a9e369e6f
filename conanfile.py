# SPDX-License-Identifier: MIT
"""A recipe for Conan 2: `conan create .` puts the library into the local cache."""
import os
import re

from conan import ConanFile
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout


class ArcIdentity(ConanFile):
    name = "arc_identity"
    description = "Access tokens for Azure on Azure Arc-enabled servers"
    license = "MIT"
    topics = ("azure", "azure-arc", "managed-identity", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"with_curl": [True, False]}
    default_options = {"with_curl": False}
    exports_sources = "LICENSE", "include/*"
    no_copy_source = True

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include/arc_identity/version.hpp"))
        self.version = re.search(r'ARC_IDENTITY_VERSION "([^"]+)"', header)[1]

    def layout(self):
        basic_layout(self)

    def requirements(self):
        if self.options.with_curl:
            self.requires("libcurl/[>=7.88 <9]", transitive_headers=True, transitive_libs=True)

    def package_id(self):
        self.info.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"),
             os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "arc_identity")
        library = self.cpp_info.components["arc_identity"]
        library.set_property("cmake_target_name", "arc_identity::arc_identity")
        library.set_property("pkg_config_name", "arc_identity")
        library.bindirs = library.libdirs = []
        if self.settings.os in ("Linux", "FreeBSD"):
            library.system_libs = ["pthread"]
        elif self.settings.os == "Windows":
            library.system_libs = ["ws2_32", "shell32"]
        if self.options.with_curl:
            curl = self.cpp_info.components["curl"]
            curl.set_property("cmake_target_name", "arc_identity::curl")
            curl.bindirs = curl.libdirs = []
            curl.requires = ["arc_identity", "libcurl::libcurl"]
