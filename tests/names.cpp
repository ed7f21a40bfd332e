// What formats.hpp and error.hpp say of names and sizes.

#include <set>

#include "oracle/oracle.hpp"
#include "support.hpp"

using namespace trilane;
using namespace trilane::test;

namespace {

template <class List, class Parse>
void check_names(const List& list, Parse parse) {
  for (const auto value : list) {
    BOOST_TEST((parse(name(value)) == value), name(value));
    for (const auto wrong : {"", "nonsense", "I2_S ", "absmeans"}) {
      require_error([&] { parse(wrong); }, ErrorCode::invalid_argument, {std::string("'") + wrong + "'", name(value)});
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(parse_is_the_inverse_of_name) {
  check_names(all_formats, parse_format);
  check_names(all_scale_rules, parse_scale_rule);
  check_names(all_granularities, parse_granularity);
}

BOOST_AUTO_TEST_CASE(names_that_files_use) {
  BOOST_TEST(name(Format::i2_s) == "i2_s");
  BOOST_TEST(name(Format::tl1) == "tl1");
  BOOST_TEST(name(Format::tl2) == "tl2");
  BOOST_TEST(name(ScaleRule::absmean) == "absmean");
  BOOST_TEST(name(ScaleRule::absmax) == "absmax");
  BOOST_TEST(name(Granularity::tensor) == "tensor");
  BOOST_TEST(name(Granularity::row) == "row");
}

BOOST_AUTO_TEST_CASE(error_codes) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::io); ++code) names.insert(name(static_cast<ErrorCode>(code)));
  BOOST_TEST(names.size() == static_cast<std::size_t>(ErrorCode::io) + 1);
  BOOST_TEST(name(ErrorCode::not_finite) == "not_finite");
  BOOST_TEST(names.count("unknown") == 0U);
}

BOOST_AUTO_TEST_CASE(sizes) {
  for (const Format format : all_formats) {
    BOOST_TEST(block_elements(format) == oracle::block_weights(format));
    BOOST_TEST(block_bytes(format) == oracle::block_size(format));
  }
  // Two blocks a row hold 129 of 128 each, or 97 of 96 each.
  BOOST_TEST(row_bytes(Format::i2_s, 1) == 32U);
  BOOST_TEST(row_bytes(Format::i2_s, 128) == 32U);
  BOOST_TEST(row_bytes(Format::tl1, 129) == 64U);
  BOOST_TEST(row_bytes(Format::tl2, 96) == 20U);
  BOOST_TEST(row_bytes(Format::tl2, 97) == 40U);
  BOOST_TEST(storage_bytes(Format::i2_s, {3, 129}) == 192U);
  BOOST_TEST(storage_bytes(Format::tl2, {3, 97}) == 120U);
  BOOST_TEST(scale_count(Granularity::tensor, {3, 129}) == 1U);
  BOOST_TEST(scale_count(Granularity::row, {3, 129}) == 3U);
  require_error([] { storage_bytes(Format::i2_s, {0, 5}); }, ErrorCode::invalid_argument, {});
  require_error([] { storage_bytes(Format::i2_s, {5, 0}); }, ErrorCode::invalid_argument, {});
}

BOOST_AUTO_TEST_SUITE_END()
