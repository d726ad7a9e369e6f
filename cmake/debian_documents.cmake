# SPDX-License-Identifier: MIT
#
# Run by cpack over what it is about to pack: for a .deb, the documents are where Debian has them, and
# compressed as it wants them.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)

# compress FILE...: as FILE.gz, the same each time.
function(compress)
  execute_process(COMMAND gzip -9 --no-name --force ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB documents ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*)
foreach(folder IN LISTS documents)
  get_filename_component(package ${folder} NAME)
  file(RENAME ${folder}/LICENSE ${folder}/copyright)
  file(RENAME ${folder}/CHANGELOG.md ${folder}/changelog)
  file(WRITE ${folder}/changelog.Debian
"${package} (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}; see changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
  compress(${folder}/changelog ${folder}/changelog.Debian)
endforeach()

file(GLOB manuals ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/man1/*.1)
foreach(manual IN LISTS manuals)
  compress(${manual})
endforeach()

# Debian's zsh looks here.
file(GLOB completions ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/zsh/site-functions)
foreach(folder IN LISTS completions)
  get_filename_component(parent ${folder} DIRECTORY)
  file(RENAME ${folder} ${parent}/vendor-completions)
endforeach()
