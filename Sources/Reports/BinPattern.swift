internal import Quantities

/// Strokes over a square that tell its bin where colours cannot: leaning for hot, lying for cold, one to three of them.
enum BinPattern {
  /// One path element; empty where nothing is significant.
  ///
  /// - Parameters:
  ///   - x: Left side of the square; `y` its top.
  static func svg(_ bin: ConfidenceBin, x: Double, y: Double, side: Double) -> String {
    guard bin.strokes > 0 else { return "" }
    func text(_ number: Double) -> String { NumberText.fixed(number, decimals: 1) }
    let reach = side * 0.35
    let lines = (0..<bin.strokes).map { stroke -> String in
      // Spread evenly about the middle.
      let shift = (Double(stroke) - Double(bin.strokes - 1) / 2) * side * 0.25
      let (cx, cy) = (x + side / 2 + (bin.rawValue > 0 ? shift : 0), y + side / 2 + (bin.rawValue > 0 ? 0 : shift))
      let lean = bin.rawValue > 0 ? (reach * 0.5, reach) : (reach, 0)
      return "M\(text(cx - lean.0)) \(text(cy + lean.1))L\(text(cx + lean.0)) \(text(cy - lean.1))"
    }
    return "<path d=\"\(lines.joined())\" fill=\"none\" stroke=\"#000\" stroke-opacity=\"0.6\" "
      + "stroke-width=\"\(text(max(0.5, side / 20)))\"/>"
  }
}
