# What is made at build: C files written by small generators in tools/, into build/generated.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
set(generated_core_sources "")
