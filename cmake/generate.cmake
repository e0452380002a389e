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
