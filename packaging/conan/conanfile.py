"""Conan 2: conan create packaging/conan, from the root of the repository."""

import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy


class AccrueConan(ConanFile):
    name = "accrue"
    version = "0.1.0"
    license = "BSL-1.0"
    description = "Meta-analysis and trial sequential analysis in C++20"
    package_type = "header-library"
    no_copy_source = True
    options = {"eigen": [True, False]}
    default_options = {"eigen": False}

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..")
        copy(self, "include/*", root, self.export_sources_folder)
        copy(self, "LICENSE", root, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.74]", options={"header_only": True}, transitive_headers=True)
        if self.options.eigen:
            self.requires("eigen/[>=3.4 <4]", transitive_headers=True)

    def validate(self):
        check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()

    def package(self):
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "accrue")
        core = self.cpp_info.components["accrue"]
        core.set_property("cmake_target_name", "accrue::accrue")
        core.requires = ["boost::headers"]
        if self.options.eigen:
            eigen = self.cpp_info.components["eigen"]
            eigen.set_property("cmake_target_name", "accrue::eigen")
            eigen.requires = ["accrue", "eigen::eigen"]
