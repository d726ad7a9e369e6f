# SPDX-License-Identifier: MIT
#
# Run by cpack before it makes a package: for a .deb, moves the documents to where Debian's policy puts them,
# and compresses them.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)

# compress FILE...: replaces each by FILE.gz, with the same bytes each time.
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

# Debian's zsh looks for completions here.
file(GLOB completions ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/zsh/site-functions)
foreach(folder IN LISTS completions)
  get_filename_component(parent ${folder} DIRECTORY)
  file(RENAME ${folder} ${parent}/vendor-completions)
endforeach()
