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
                 -DNDEBUG -Wall -Wextra -isystem ${CMAKE_SOURCE_DIR}/core/bytes/freestanding
                 -I${CMAKE_SOURCE_DIR}/include -I${CMAKE_SOURCE_DIR} -I${CMAKE_BINARY_DIR}/generated)
  # Pages are not part of it: the module answers with JSON, and the page builds elements.
  set(wasm_sources ${core_sources} ${CMAKE_BINARY_DIR}/generated/fold_table.c)
  list(FILTER wasm_sources EXCLUDE REGEX "/core/page/(site|html|escape|flow|text|markdown)[a-z_]*\\.c$")
  file(GLOB web_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/host/web/*.c)
  set(wasm_objects "")
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
    list(APPEND wasm_objects ${object})
  endforeach()
  set(wasm_module ${web_folder}/module.wasm)
  add_custom_command(OUTPUT ${wasm_module}
                     COMMAND ${WASM_LD} --no-entry --strip-all --gc-sections --stack-first -z stack-size=262144
                             --max-memory=1073741824 ${wasm_objects} -o ${wasm_module}
                     DEPENDS ${wasm_objects} COMMENT "Linking the search module for browsers" VERBATIM)
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
