/// One line of a comma-separated file in the making.
struct CSVLine {
  private(set) var text = ""
  private var isFirst = true

  /// Quoted when it holds a comma, a quote or a line break (RFC 4180).
  mutating func add(_ field: String) {
    separate()
    // Comma, quote and line breaks.
    if field.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) {
      text += "\"" + field.replacing("\"", with: "\"\"") + "\""
    } else {
      text += field
    }
  }

  /// The shortest digits that read back as the same number; empty for `nil`.
  mutating func add(_ number: Double?) {
    separate()
    if let number { text += number.description }
  }

  /// Empty for `nil`.
  mutating func add(_ number: (some BinaryInteger)?) {
    separate()
    if let number { text += String(number) }
  }

  private mutating func separate() {
    if !isFirst { text += "," }
    isFirst = false
  }

  mutating func end() -> String {
    text += "\n"
    return text
  }
}
