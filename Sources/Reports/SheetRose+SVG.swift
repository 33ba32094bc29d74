public import Evidence
internal import Glibc

/// A polar plot of a monitor's values by wind: one ring per class of speed, one wedge per sector.
public struct SheetRose: Sendable {
  /// What the colour shows.
  public enum Measure: String, Sendable {
    /// Mean of value minus background.
    case excess
    /// Conditional probability function.
    case probability
  }

  /// Values by class of speed and sector of direction.
  public let table: PolarTable
  /// Which of the table's numbers are drawn.
  public let measure: Measure
  /// Such as `PM2.5`.
  public let quantity: String
  /// Such as `µg/m³`.
  public let unit: String
  /// What it is, for those who cannot see it.
  public let caption: String

  public init(table: PolarTable, measure: Measure, quantity: String, unit: String, caption: String) {
    self.table = table
    self.measure = measure
    self.quantity = quantity
    self.unit = unit
    self.caption = caption
  }

  /// ColorBrewer YlOrBr, five classes, which people with any of the common colour-vision deficiencies can tell apart and
  /// which stay in order on a grey print (Harrower & Brewer 2003, doi:10.1179/000870403235002042).
  static let colours = ["#ffffd4", "#fed98e", "#fe9929", "#d95f0e", "#993404"]

  private func value(_ bin: PolarTable.Bin) -> Double? {
    measure == .excess ? bin.meanExcess : bin.probability
  }

  /// Upper end of the last class of colours: 1 for probabilities, a round number above the largest excess.
  private var ceiling: Double {
    guard measure == .excess else { return 1 }
    let peak = table.bins.compactMap(\.meanExcess).max() ?? 0
    return [5, 10, 25, 50, 100, 250, 500, 1000].first { $0 >= peak } ?? peak
  }

  /// The plot as an SVG element. Wedges with too few hours stay white with a dotted edge; the middle is the calms.
  public var svg: String {
    let (cx, cy, inner, outer) = (130.0, 130.0, 16.0, 108.0)
    let rings = Double(table.speeds.count)
    func radius(_ level: Int) -> Double { inner + (outer - inner) * Double(level) / rings }
    func point(_ radius: Double, _ degrees: Double) -> String {
      let angle = degrees * .pi / 180
      return NumberText.fixed(cx + radius * sin(angle), decimals: 1) + " "
        + NumberText.fixed(cy - radius * cos(angle), decimals: 1)
    }
    let top = ceiling
    func look(_ bin: PolarTable.Bin) -> String {
      guard let value = value(bin) else {
        return "fill=\"#fff\" stroke=\"#bbb\" stroke-width=\"0.4\" stroke-dasharray=\"1 2\""
      }
      let colour = Self.colours[max(0, min(4, Int(value / top * 5)))]
      return "fill=\"\(colour)\" stroke=\"#555\" stroke-width=\"0.4\""
    }
    var body = ""
    let half = 180 / Double(table.sectors)
    for bin in table.bins {
      guard let from = bin.fromDegrees, let level = table.speeds.firstIndex(of: bin.lowestSpeed) else {
        body += "<circle cx=\"130\" cy=\"130\" r=\"\(NumberText.fixed(inner, decimals: 1))\" \(look(bin))/>"
        continue
      }
      let (low, high) = (radius(level), radius(level + 1))
      let (lowText, highText) = (NumberText.fixed(low, decimals: 1), NumberText.fixed(high, decimals: 1))
      body +=
        "<path d=\"M\(point(low, from - half))L\(point(high, from - half))"
        + "A\(highText) \(highText) 0 0 1 \(point(high, from + half))L\(point(low, from + half))"
        + "A\(lowText) \(lowText) 0 0 0 \(point(low, from - half))Z\" \(look(bin))/>"
    }
    for (name, degrees) in [("北 N", 0.0), ("东 E", 90), ("南 S", 180), ("西 W", 270)] {
      let angle = degrees * .pi / 180
      let (x, y) = (cx + (outer + 11) * sin(angle), cy - (outer + 11) * cos(angle))
      body +=
        "<text x=\"\(NumberText.fixed(x, decimals: 1))\" y=\"\(NumberText.fixed(y + 3, decimals: 1))\" "
        + "text-anchor=\"middle\">\(name)</text>"
    }
    for (level, speed) in table.speeds.enumerated() where level > 0 {
      body +=
        "<text x=\"132\" y=\"\(NumberText.fixed(cy - radius(level) + 2, decimals: 1))\" font-size=\"6\">"
        + "\(NumberText.readable(speed))</text>"
    }
    return "<svg class=\"rose\" viewBox=\"0 0 400 262\" role=\"img\" aria-label=\"\(HTMLText.escaped(caption))\" "
      + "font-size=\"8\" xmlns=\"http://www.w3.org/2000/svg\">\(body)\(legend(top))</svg>"
  }

  private func legend(_ top: Double) -> String {
    let title =
      measure == .excess
      ? "\(quantity) 高出背景 above background, \(unit)"
      : "P(\(quantity) > \(NumberText.readable(table.threshold ?? 0)) \(unit))"
    var text = "<text x=\"262\" y=\"34\">\(HTMLText.escaped(title))</text>"
    for (number, colour) in Self.colours.enumerated() {
      let y = 44 + 14 * number
      let low = NumberText.readable(top * Double(number) / 5)
      let high = NumberText.readable(top * Double(number + 1) / 5)
      let first = measure == .excess && number == 0 ? "&lt; \(high)" : "\(low) – \(high)"
      text +=
        "<rect x=\"262\" y=\"\(y)\" width=\"16\" height=\"10\" fill=\"\(colour)\" stroke=\"#555\" stroke-width=\"0.4\"/>"
        + "<text x=\"283\" y=\"\(y + 8)\">\(first)</text>"
    }
    text +=
      "<rect x=\"262\" y=\"118\" width=\"16\" height=\"10\" fill=\"#fff\" stroke=\"#bbb\" stroke-width=\"0.4\" "
      + "stroke-dasharray=\"1 2\"/><text x=\"283\" y=\"126\">小时太少 too few hours</text>"
      + "<text x=\"262\" y=\"146\">风自该方向来 wind from; 环 rings: m/s</text>"
      + "<text x=\"262\" y=\"158\">\(table.hoursUsed) h, 无风数据 without wind \(table.hoursWithoutWind) h</text>"
    return text
  }
}
