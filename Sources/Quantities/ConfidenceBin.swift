/// How sure a cell is hot or cold after correction for many tests: the `bin` of a hot file, with the colour and the
/// words it has on every map.
///
/// Colours: ColorBrewer RdBu with seven classes, a diverging scheme that people with any of the common colour-vision
/// deficiencies can tell apart (Harrower and Brewer 2003, doi:10.1179/000870403235002042).
public enum ConfidenceBin: Int, CaseIterable, Hashable, Sendable {
  case cold99 = -3
  case cold95, cold90, none, hot90, hot95, hot99

  /// Fill colour, red, green, blue, 0...255.
  public var colour: (red: Int, green: Int, blue: Int) {
    switch self {
    case .cold99: (33, 102, 172)
    case .cold95: (103, 169, 207)
    case .cold90: (209, 229, 240)
    case .none: (247, 247, 247)
    case .hot90: (253, 219, 199)
    case .hot95: (239, 138, 98)
    case .hot99: (178, 24, 43)
    }
  }

  /// `#b2182b`
  public var hexColour: String {
    func hex(_ number: Int) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
    return "#" + hex(colour.red) + hex(colour.green) + hex(colour.blue)
  }

  /// Legend text in both languages.
  public var label: String {
    switch self {
    case .cold99: "冷点 99% / cold, FDR 1 %"
    case .cold95: "冷点 95% / cold, FDR 5 %"
    case .cold90: "冷点 90% / cold, FDR 10 %"
    case .none: "不显著 / not significant"
    case .hot90: "热点 90% / hot, FDR 10 %"
    case .hot95: "热点 95% / hot, FDR 5 %"
    case .hot99: "热点 99% / hot, FDR 1 %"
    }
  }

  /// A sign that tells the class without colour: `H3` for hot at 1 %, `C3` for cold at 1 %, empty where nothing is significant.
  public var sign: String { rawValue == 0 ? "" : "\(rawValue > 0 ? "H" : "C")\(abs(rawValue))" }

  /// How many strokes of a pattern cross a square, 0...3; strokes lean for hot cells and lie for cold ones.
  public var strokes: Int { abs(rawValue) }
}
