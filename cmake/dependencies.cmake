# Debian's packages, by pkg-config. tools/packages.txt names them; `make deps` installs them.
find_package(PkgConfig REQUIRED)
function(need variable)
  pkg_check_modules(${variable} QUIET IMPORTED_TARGET ${ARGN})
  if(NOT ${variable}_FOUND)
    message(FATAL_ERROR "missing library: ${ARGN}. Install what pincite needs with: make deps")
  endif()
endfunction()

need(MD4C md4c)
need(YAML yaml-0.1)
need(JANSSON jansson)
need(ZLIB zlib)
need(ZSTD libzstd)
need(XXHASH libxxhash)
need(SODIUM libsodium)
need(BROTLI libbrotlienc libbrotlidec)
need(MICROHTTPD libmicrohttpd)
need(UTF8PROC libutf8proc)
set(indexer_libraries PkgConfig::MD4C PkgConfig::YAML PkgConfig::JANSSON PkgConfig::ZLIB PkgConfig::ZSTD
                      PkgConfig::SODIUM)
find_package(Threads REQUIRED)
set(host_libraries PkgConfig::JANSSON PkgConfig::MICROHTTPD PkgConfig::BROTLI PkgConfig::ZLIB PkgConfig::SODIUM
                   Threads::Threads)

# Only tests need these; without them the tests that use them are left out, and say so.
pkg_check_modules(CMOCKA QUIET IMPORTED_TARGET cmocka)
pkg_check_modules(LIBXML2 QUIET IMPORTED_TARGET libxml-2.0)
find_library(STEMMER_LIBRARY stemmer)
