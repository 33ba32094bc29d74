/// A table of plain text whose columns line up in a terminal, where Chinese characters take two columns.
public struct TextTable: Sendable {
  /// Which side of a column texts keep to; numbers go right.
  public enum Alignment: Sendable {
    case left, right
  }

  /// One column; its width follows from its texts.
  public struct Column: Sendable {
    /// First row of the table.
    public let title: String
    /// In the terminal and in Markdown.
    public let alignment: Alignment
    /// Longer text is cut and ends with `…`; `nil` for no limit.
    public let maximumWidth: Int?

    public init(_ title: String, _ alignment: Alignment = .left, maximumWidth: Int? = nil) {
      self.title = title
      self.alignment = alignment
      self.maximumWidth = maximumWidth
    }
  }

  /// From left to right.
  public let columns: [Column]
  /// In the order added, one text per column.
  public private(set) var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// - Precondition: one text per column.
  public mutating func add(_ row: [String]) {
    precondition(row.count == columns.count, "one text per column")
    rows.append(row)
  }

  /// Header, rule and rows, each ending with a line break; no spaces at line ends.
  public var text: String {
    let all = [columns.map(\.title)] + rows
    let cells = all.map { row in
      zip(row, columns).map { text, column in
        Self.cut(Self.oneLine(text), to: column.maximumWidth ?? Int.max)
      }
    }
    let widths = columns.indices.map { k in cells.map { Self.width($0[k]) }.max() ?? 0 }
    var lines = cells.map { row in
      row.indices.map { k in
        let padding = String(repeating: " ", count: widths[k] - Self.width(row[k]))
        return columns[k].alignment == .right ? padding + row[k] : row[k] + padding
      }.joined(separator: "  ")
    }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
    return lines.map { Self.withoutTrailingSpaces($0) + "\n" }.joined()
  }

  /// The same as a GitHub Markdown table.
  public var markdown: String {
    func line(_ cells: [String]) -> String {
      "| "
        + cells.map {
          Self.oneLine($0).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        }
        .joined(separator: " | ") + " |\n"
    }
    let rule = columns.map { $0.alignment == .right ? "---:" : "---" }
    return line(columns.map(\.title)) + line(rule) + rows.map(line).joined()
  }

  /// Columns a text takes in a terminal: 2 for East Asian wide and full-width characters (UAX #11), 0 for marks.
  public static func width(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private static func cut(_ text: String, to limit: Int) -> String {
    guard width(text) > limit else { return text }
    var kept = ""
    var used = 0
    for character in text {
      let next = width(character)
      guard used + next <= limit - 1 else { break }
      kept.append(character)
      used += next
    }
    return kept + "…"
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static func withoutTrailingSpaces(_ line: String) -> Substring {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return line
  }
}
