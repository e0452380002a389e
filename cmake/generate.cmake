# What is made at build: C files written by small generators in tools/, into build/generated.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
set(generated_core_sources "")

# The folding tables of core/text. The generator runs here, not on the target: no sanitizers, no fuzzer.
set(fold_table ${CMAKE_BINARY_DIR}/generated/fold_table.c)
add_executable(gen_fold ${CMAKE_SOURCE_DIR}/tools/gen_fold.c ${CMAKE_SOURCE_DIR}/core/bytes/utf8.c)
target_include_directories(gen_fold PRIVATE ${CMAKE_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR})
target_link_libraries(gen_fold PRIVATE PkgConfig::UTF8PROC)
target_compile_options(gen_fold PRIVATE -fno-sanitize=all)
target_link_options(gen_fold PRIVATE -fno-sanitize=all)
add_custom_command(OUTPUT ${fold_table} COMMAND gen_fold > ${fold_table} DEPENDS gen_fold
                   COMMENT "Writing the folding tables" VERBATIM)
list(APPEND generated_core_sources ${fold_table})

# The pages: templates and the files that pages load, compiled in.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
file(GLOB page_templates CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/page/templates/*.html)
set(templates_c ${CMAKE_BINARY_DIR}/generated/templates.c)
add_custom_command(OUTPUT ${templates_c} ${CMAKE_BINARY_DIR}/generated/templates.h
                   COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/templates.py ${CMAKE_BINARY_DIR}/generated
                           ${page_templates}
                   DEPENDS ${page_templates} ${CMAKE_SOURCE_DIR}/tools/templates.py
                   COMMENT "Compiling the page templates" VERBATIM)
file(GLOB page_assets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/core/page/assets/*)
set(assets_c ${CMAKE_BINARY_DIR}/generated/assets.c)
add_custom_command(OUTPUT ${assets_c}
                   COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/assets.py ${assets_c} ${page_assets}
                   DEPENDS ${page_assets} ${CMAKE_SOURCE_DIR}/tools/assets.py
                   COMMENT "Compiling the page assets" VERBATIM)
set(pack_css ${CMAKE_SOURCE_DIR}/core/page/templates/pack.css)
set(pack_style_c ${CMAKE_BINARY_DIR}/generated/pack_style.c)
add_custom_command(OUTPUT ${pack_style_c}
                   COMMAND Python3::Interpreter ${CMAKE_SOURCE_DIR}/tools/assets.py --text pin_pack_style pincite/pack.h
                           ${pack_style_c} ${pack_css}
                   DEPENDS ${pack_css} ${CMAKE_SOURCE_DIR}/tools/assets.py
                   COMMENT "Compiling the stylesheet of evidence packs" VERBATIM)
list(APPEND generated_core_sources ${templates_c} ${assets_c} ${pack_style_c})
