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

std::string padded(const std::string& text, std::size_t to, Align align, std::string_view colour) {
  const std::string space(to - std::min(to, width(text)), ' ');
  const std::string shown = colour.empty() ? text : std::string(colour) + text + std::string(reset);
  return align == Align::left ? shown + space : space + shown;
}

}  // namespace

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = printable(cell);
  rows_.push_back(std::move(row));
}

void Table::drop_last_if_empty() {
  const auto empty = [](const std::vector<std::string>& row) { return row.back().empty(); };
  if (!std::all_of(rows_.begin(), rows_.end(), empty)) return;
  columns_.pop_back();
  for (auto& row : rows_) row.pop_back();
}

void Table::print(std::ostream& to) const {
  to << text(&to == &std::cout ? styled(1) : &to == &std::cerr && styled(2));
}

std::string Table::text(bool coloured) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    widths.push_back(width(columns_[c].title));
    for (const auto& row : rows_) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string text;
  const auto add_line = [&](const auto& cell_of, const auto& colour_of) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      text += (c == 0 ? "" : "  ") + padded(cell_of(c), widths[c], columns_[c].align, colour_of(c));
    }
    text.erase(text.find_last_not_of(' ') + 1);
  };
  if (coloured) text += bold;
  add_line([&](std::size_t c) { return columns_[c].title; }, [](std::size_t) { return std::string_view(); });
  if (coloured) text += reset;
  text += "\n";
  for (const auto& row : rows_) {
    add_line([&](std::size_t c) { return row[c]; },
             [&](std::size_t c) {
               return coloured && columns_[c].colour != nullptr ? columns_[c].colour(row[c]) : std::string_view();
             });
    text += "\n";
  }
  return text;
}

std::string Table::markdown() const {
  std::string text;
  for (const Column& column : columns_) text += "| " + column.title + " ";
  text += "|\n";
  for (const Column& column : columns_) text += column.align == Align::left ? "|---" : "|--:";
  text += "|\n";
  for (const auto& row : rows_) {
    for (const std::string& cell : row) text += "| " + cell + " ";
    text += "|\n";
  }
  return text;
}

}  // namespace trilane::cli
