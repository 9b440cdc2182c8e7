# rigjit_build_id(<target> <function> <directory>...): adds to the target a source that defines
# `Hash128 rigjit::<function>() noexcept`, a digest of every .h and .cc file of the directories
# (sub-directories included) and of the project's version. It is made again when one of them changes.
#
# The same file is the script that makes it: cmake -DLIST=... -DOUT=... -DFUNCTION=... -P build_id.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  file(STRINGS ${LIST} lines)
  set(digests ${VERSION})
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([^|]*)[|](.*)$" matched "${line}")
    set(name ${CMAKE_MATCH_1})
    file(SHA256 "${CMAKE_MATCH_2}" digest)
    string(APPEND digests "\n${name} ${digest}")
  endforeach()
  string(SHA256 digest "${digests}")
  string(SUBSTRING ${digest} 0 16 high)
  string(SUBSTRING ${digest} 16 16 low)
  file(WRITE ${OUT} "#include \"base/checksum.h\"\nnamespace rigjit {\n"
    "Hash128 ${FUNCTION}() noexcept;\n"
    "Hash128 ${FUNCTION}() noexcept { return {0x${high}u, 0x${low}u}; }\n}\n")
  return()
endif()

function(rigjit_build_id target function)
  set(lines)
  set(files)
  foreach(directory IN LISTS ARGN)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${directory}/*.h ${directory}/*.cc)
    list(SORT found)
    foreach(path IN LISTS found)
      # Named relative to the project: the digest must not depend on where the tree lies.
      file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR} ${path})
      string(APPEND lines "${name}|${path}\n")
      list(APPEND files ${path})
    endforeach()
  endforeach()
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${function}.list)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}" @ONLY)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DLIST=${list} -DOUT=${source} -DFUNCTION=${function}
      -DVERSION=${PROJECT_VERSION} -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    DEPENDS ${files} ${list} ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
    COMMENT "Digest of the sources: ${function}"
    VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
