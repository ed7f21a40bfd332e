#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "bench/numbers.hpp"

namespace trilane::cli {

enum class Align { left, right };

struct Column {
  std::string title;
  Align align = Align::left;
  std::string_view (*colour)(std::string_view cell) = nullptr;  ///< the escape sequence that colours a cell, or nothing
};

/// Rows of text in aligned columns. Widths count code points, which is what the few signs in use (× µ …) take.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Cells may be names out of files: they are made printable.
  void add(std::vector<std::string> row);
  /// For a last column that says nothing in any row.
  void drop_last_if_empty();
  /// For a terminal; the titles are bold where `to` is stdout on one that shows it.
  void print(std::ostream& to) const;
  /// What print() prints; `coloured`: with bold titles and the columns' colours.
  [[nodiscard]] std::string text(bool coloured) const;
  [[nodiscard]] std::string markdown() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

using bench::duration;
using bench::fixed;
using bench::percent;
using bench::rate;
using bench::size;

}  // namespace trilane::cli
