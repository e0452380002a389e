# The core as WebAssembly, by clang and lld, without any C library; and the scripts around it. Part of the
# ordinary build where Debian's clang-14 and lld-14 are installed. Without them the program builds all the
# same, and `pincite export` says that its sites cannot search by themselves.
find_program(WASM_CLANG NAMES clang-14 clang)
find_program(WASM_LD NAMES wasm-ld-14 wasm-ld)
set(web_folder ${CMAKE_BINARY_DIR}/web)
file(MAKE_DIRECTORY ${web_folder}/objects)
set(wasm_module "")

if(WASM_CLANG AND WASM_LD)
  # Small before fast: at 10,000 items a query is well below a frame either way, and the module is downloaded.
  set(wasm_flags --target=wasm32 -std=c17 -ffreestanding -nostdlib -fvisibility=hidden -Oz -flto -mbulk-memory
                 -DNDEBUG -DPIN_LEAN -Wall -Wextra -isystem ${CMAKE_SOURCE_DIR}/core/bytes/freestanding
                 -I${CMAKE_SOURCE_DIR}/include -I${CMAKE_SOURCE_DIR} -I${CMAKE_BINARY_DIR}/generated)
  # Pages are not part of it: the module answers with JSON, and the page builds elements.
  set(wasm_sources ${core_sources} ${CMAKE_BINARY_DIR}/generated/fold_table.c)
  list(FILTER wasm_sources EXCLUDE REGEX "/core/page/(site|html|escape|flow|text|markdown)[a-z_]*\\.c$")
  file(GLOB web_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/host/web/*.c)
  # The grammar of citations is a module by itself, fetched by the first query that may cite: see citations.c.
  set(wasm_objects "")
  set(citation_objects "")
  foreach(source ${wasm_sources} ${web_sources})
    string(REPLACE "${CMAKE_SOURCE_DIR}/" "" name ${source})
    string(REPLACE "${CMAKE_BINARY_DIR}/" "" name ${name})
    string(REPLACE "/" "_" name ${name})
    set(object ${web_folder}/objects/${name}.o)
    set(extra "")
    if(name STREQUAL "host_web_libc.c")
      set(extra -fno-builtin -fno-lto) # or the loops of memcmp would be turned into calls of memcmp
    endif()
    add_custom_command(OUTPUT ${object}
                       COMMAND ${WASM_CLANG} ${wasm_flags} ${extra} -MD -MF ${object}.d -c ${source} -o ${object}
                       DEPENDS ${source} DEPFILE ${object}.d COMMENT "WebAssembly: ${name}" VERBATIM)
    if(name MATCHES "^(core_cite_.*|host_web_citations\\.c)$" AND NOT name STREQUAL "core_cite_label.c")
      list(APPEND citation_objects ${object})
    elseif(name MATCHES "^(core_bytes_.*|host_web_libc\\.c|core_cite_label\\.c)$")
      list(APPEND citation_objects ${object})
      list(APPEND wasm_objects ${object})
    else()
      list(APPEND wasm_objects ${object})
    endif()
  endforeach()
  # Inlined seldom: what is called twice is downloaded once.
  set(wasm_link --no-entry --strip-all --gc-sections -mllvm -inline-threshold=-50)
  add_custom_command(OUTPUT ${web_folder}/search.wasm
                     COMMAND ${WASM_LD} ${wasm_link} --stack-first -z stack-size=262144 --max-memory=1073741824
                             ${wasm_objects} -o ${web_folder}/search.wasm
                     DEPENDS ${wasm_objects} COMMENT "Linking the search module for browsers" VERBATIM)
  add_custom_command(OUTPUT ${web_folder}/grammar.wasm
                     COMMAND ${WASM_LD} ${wasm_link} --import-memory --global-base=655360 -z stack-size=131072
                             ${citation_objects} -o ${web_folder}/grammar.wasm
                     DEPENDS ${citation_objects} COMMENT "Linking the grammar of citations for browsers" VERBATIM)
  set(wasm_module ${web_folder}/search.wasm ${web_folder}/grammar.wasm)
else()
  message(STATUS "clang-14 or lld-14 is missing: exported sites will not search by themselves (make deps installs them)")
endif()

set(web_assets_c ${web_folder}/web_assets.c)
set(web_scripts ${CMAKE_SOURCE_DIR}/host/web/loader.js ${CMAKE_SOURCE_DIR}/core/page/assets/site.js
                ${CMAKE_SOURCE_DIR}/host/web/component.js ${CMAKE_SOURCE_DIR}/host/web/offline.js)
add_custom_command(OUTPUT ${web_assets_c}
                   COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/web_assets.py ${web_folder}
                           ${CMAKE_SOURCE_DIR}/host/web/exports.txt ${web_scripts} ${wasm_module}
                   DEPENDS ${CMAKE_SOURCE_DIR}/tools/web_assets.py ${CMAKE_SOURCE_DIR}/host/web/exports.txt ${web_scripts}
                           ${wasm_module}
                   COMMENT "Compiling the scripts and the module for browsers" VERBATIM)
add_custom_target(wasm DEPENDS ${web_assets_c})
