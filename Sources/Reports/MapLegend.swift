internal import Quantities

/// The legend of hot files' maps on a page of its own: each class by colour, by strokes and by a sign.
public struct MapLegend: Sendable {
  /// What the map says of itself, one line each; empty for a legend of no particular map.
  public var statement: [String]

  public init(statement: [String] = []) { self.statement = statement }

  private static let square = 34.0

  /// One SVG file.
  public var svg: String {
    let rows = ConfidenceBin.allCases.reversed()
    let top = 64.0
    var body = ""
    for (number, bin) in rows.enumerated() {
      let y = top + Double(number) * (Self.square + 8)
      body +=
        "<rect x=\"20\" y=\"\(text(y))\" width=\"34\" height=\"34\" fill=\"\(bin.hexColour)\" stroke=\"#666\"/>"
        + BinPattern.svg(bin, x: 20, y: y, side: Self.square)
        + line(66, y + 22, bin.sign.isEmpty ? "0" : bin.sign, size: 16, weight: "bold")
        + line(104, y + 15, bin.label, size: 14) + line(104, y + 31, Self.meaning(bin), size: 11)
    }
    var y = top + Double(rows.count) * (Self.square + 8)
    body +=
      "<rect x=\"20\" y=\"\(text(y))\" width=\"34\" height=\"34\" fill=\"url(#absent)\" stroke=\"#666\"/>"
      + line(66, y + 22, "–", size: 16, weight: "bold") + line(104, y + 15, "无数据 / no value, or not tested", size: 14)
      + line(104, y + 31, "The file's reason column says why; absent is never 0.", size: 11)
    y += Self.square + 24
    for fact in notes + statement {
      for part in Self.wrapped(fact, at: 92) {
        body += line(20, y, part, size: 11)
        y += 15
      }
      y += 3
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"\(text(y + 10))\" "
      + "viewBox=\"0 0 600 \(text(y + 10))\" role=\"img\" aria-label=\"Legend of hot and cold cells\">"
      + "<defs><pattern id=\"absent\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" "
      + "height=\"6\" fill=\"#fff\"/><path d=\"M0 6L6 0\" stroke=\"#aaa\" stroke-width=\"0.7\"/></pattern></defs>"
      + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><g font-family=\"Noto Sans CJK SC, Noto Sans SC, "
      + "Microsoft YaHei, PingFang SC, sans-serif\">"
      + line(20, 34, "热点与冷点图例 / Hot and cold cells", size: 18, weight: "bold")
      + line(20, 52, "Gi* after the false discovery rate; leads, not verdicts.", size: 11) + body + "</g></svg>\n"
  }

  /// The same as a page, with the classes as a table for readers of text.
  public var html: String {
    let rows = ConfidenceBin.allCases.reversed().map { bin in
      "<tr><td class=\"number\">\(bin.rawValue)</td><td>\(bin.sign)</td><td><code>\(bin.hexColour)</code></td>"
        + "<td>\(HTMLText.escaped(bin.label))</td><td>\(HTMLText.escaped(Self.meaning(bin)))</td></tr>"
    }.joined(separator: "\n")
    return SheetStyle.page(
      title: "Legend of hot and cold cells", footer: "hotgrid", language: "en",
      body:
        "\(svg)<table><tr><th>bin</th><th>sign</th><th>colour</th><th>legend</th><th>meaning</th></tr>\n\(rows)</table>"
    )
  }

  private var notes: [String] {
    [
      "Strokes lean in hot cells and lie in cold ones; more strokes, surer. Signs: H hot, C cold.",
      "Cells with support \"interpolated\" hold an estimate from other cells: nothing was observed there.",
    ]
  }

  /// What a class says, in plain words.
  static func meaning(_ bin: ConfidenceBin) -> String {
    guard bin != .none else { return "Tested; its neighbourhood is as chance would have it." }
    let share = [1: "10", 2: "5", 3: "1"][bin.strokes] ?? "?"
    return
      "\(bin.rawValue > 0 ? "High" : "Low") values around it; of all such cells about \(share) % are here by chance."
  }

  private func line(_ x: Double, _ y: Double, _ words: String, size: Int, weight: String = "normal") -> String {
    "<text x=\"\(text(x))\" y=\"\(text(y))\" font-size=\"\(size)\" font-weight=\"\(weight)\">"
      + "\(HTMLText.escaped(words))</text>"
  }

  private func text(_ number: Double) -> String { NumberText.fixed(number, decimals: 1) }

  /// Words in lines of at most so many characters; a longer word has a line of its own.
  static func wrapped(_ text: String, at width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
