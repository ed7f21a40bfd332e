// Options of Boost.Test, then `--`, then the archs to test: trilane_tests --run_test=lengths -- avx2
#define BOOST_TEST_MODULE trilane
#include <boost/test/included/unit_test.hpp>
