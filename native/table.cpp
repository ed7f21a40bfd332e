#include "native/table.hpp"

#include <algorithm>
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

}  // namespace trilane::cli
