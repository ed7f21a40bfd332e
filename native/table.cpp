#include "native/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <utility>

#include "native/terminal.hpp"

namespace trilane::cli {

namespace {

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t to, Align align) {
  const std::string space(to - std::min(to, width(text)), ' ');
  return align == Align::left ? text + space : space + text;
}

/// Three significant digits.
std::string three_digits(double value) { return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0); }

template <std::size_t Count>
std::string with_unit(double value, const std::array<std::pair<double, const char*>, Count>& units) {
  const auto fits = [&](const auto& unit) { return value >= unit.first; };
  const auto found = std::find_if(units.begin(), units.end() - 1, fits);
  return three_digits(value / found->first) + " " + found->second;
}

}  // namespace

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable(cell);
  rows_.push_back(std::move(row));
}

void Table::print(std::ostream& to) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    widths.push_back(width(columns_[c].title));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], width(row[c]));
  }
  const auto line = [&](const auto& text_of) {
    std::string text;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      text += (c == 0 ? "" : "  ") + padded(text_of(c), widths[c], columns_[c].align);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  const bool bold = &to == &std::cout ? styled(1) : &to == &std::cerr && styled(2);
  const std::string titles = line([&](std::size_t c) { return columns_[c].title; });
  to << (bold ? "\033[1m" + titles + "\033[0m" : titles) << "\n";
  for (const auto& row : rows_) to << line([&](std::size_t c) { return row[c]; }) << "\n";
}

void Table::print_markdown(std::ostream& to) const {
  for (const Column& column : columns_) to << "| " << column.title << " ";
  to << "|\n";
  for (const Column& column : columns_) to << (column.align == Align::left ? "|---" : "|--:");
  to << "|\n";
  for (const auto& row : rows_) {
    for (const std::string& cell : row) to << "| " << cell << " ";
    to << "|\n";
  }
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double share) { return fixed(share * 100, 0) + " %"; }

std::string duration(double nanoseconds) {
  return with_unit<4>(nanoseconds, {{{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}}});
}

std::string rate(double per_second) {
  return with_unit<4>(per_second, {{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}});
}

std::string size(double bytes) { return with_unit<4>(bytes, {{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}}}); }

}  // namespace trilane::cli
