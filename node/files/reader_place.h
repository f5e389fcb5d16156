// Where a reader is in a file of an import, between two pieces of it: what it takes to go on in another process, with the half
// record that it has. The node keeps it beside the rows that wait, under their key (storage/import_repository.h).
#pragma once

#include "protocol/codec/codec.h"

namespace knoop {

/// What a place may hold: the longest record that any limit allows is far below.
inline constexpr std::size_t longest_place = 1UL << 20U;

struct CsvPlace {
  std::uint8_t state = 0;
  std::uint64_t bytes = 0;
  std::uint64_t line = 1;
  std::uint64_t record_bytes = 0;
  bool quoted_field = false;
  std::uint64_t record_line = 1;
  std::vector<std::string> cells;
  Bytes cell;  ///< Perhaps with half a character.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.state, self.bytes, self.line, self.record_bytes, self.quoted_field, self.record_line,
            bounded(self.cells, max_encoded_elements, longest_place), bounded(self.cell, longest_place));
  }
};

struct LinePlace {
  std::uint64_t bytes = 0;
  std::uint64_t line = 1;
  Bytes text;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.bytes, self.line, bounded(self.text, longest_place));
  }
};

struct ObjectPlace {
  std::uint8_t state = 0;
  LinePlace lines;
  Bytes begin;
  std::uint64_t bytes = 0;
  std::uint64_t place = 0;
  Bytes text;
  std::uint64_t depth = 0;
  bool in_string = false;
  bool escaped = false;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.state, self.lines, bounded(self.begin, longest_place), self.bytes, self.place,
            bounded(self.text, longest_place), self.depth, self.in_string, self.escaped);
  }
};

struct ImportPlace {
  CsvPlace csv;
  ObjectPlace objects;
  std::vector<std::uint32_t> columns;  ///< Of each field; UINT32_MAX: none.
  std::uint64_t columns_in_file = 0;
  std::uint64_t ignored = 0;
  std::vector<std::uint8_t> seen;  ///< JSON: 1 for each field that any object had.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.csv, self.objects, bounded(self.columns, 64), self.columns_in_file, self.ignored,
            bounded(self.seen, 64));
  }
};

}  // namespace knoop
