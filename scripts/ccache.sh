# Sourced. Builds then take from ccache, where that is installed, what was compiled before, in other clones as well: hashes go by
# paths within this one. But for files with a precompiled header: its whole path counts.
use_ccache() { # use_ccache PRESET
  command -v ccache >/dev/null || return 0
  export CCACHE_SLOPPINESS=pch_defines,time_macros # what it asks for to cache files with precompiled headers
  export CCACHE_DEPEND=1                           # what is not there yet is compiled at once, not preprocessed first
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_NOHASHDIR=1 "CCACHE_BASEDIR=${CCACHE_BASEDIR:-$PWD}"
  case $1 in *wasm) export CCACHE_COMPILERTYPE=clang ;; esac # it cannot tell by the name em++
}
