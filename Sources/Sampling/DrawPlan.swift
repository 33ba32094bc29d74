/// How units are chosen once their probabilities are known; the raw value is what users type.
public enum DrawMethod: String, CaseIterable, Hashable, Sendable, Codable {
  /// A fixed number, by Pareto rank; π nearly exact.
  case pareto
  /// Each unit by itself; π exact, the number varies.
  case poisson
  /// A fixed number, settled in random pairs; π exact.
  case pivotal
  /// A fixed number, settled between neighbours: spread in space; π exact.
  case lpm
}

/// Everything a draw depends on besides the frame and the seed.
public struct DrawPlan: Hashable, Sendable {
  /// Decides whether the number is fixed, π exact and the draw spread in space.
  public var method = DrawMethod.pareto
  /// Units to draw, expected ones for Poisson; `nil` takes the sum of the minima of the first column that has one for
  /// every unit.
  public var size: Int?
  /// Least inclusion probability of every unit; 0 for none.
  public var floor = 0.0
  /// Greatest inclusion probability of every unit; 1 for none.
  public var cap = 1.0
  /// Bounds on groups, in the order given, which the sealed header keeps.
  public var quotas: [Quota] = []
  /// What quotas by inspector count; `nil` when there are none.
  public var inspectors: Int?
  /// Units of the random arm: drawn uniformly and apart from the scored draw, to evaluate it.
  public var randomUnits = 0
  /// Replacement units in order, for each group of `reserveColumn`.
  public var reserve = 0
  /// `nil` for one reserve for the whole frame.
  public var reserveColumn: FrameColumn?

  public init(size: Int?, method: DrawMethod = .pareto, floor: Double = 0) {
    self.size = size
    self.method = method
    self.floor = floor
  }

  /// Whether the plan says no more than the plain draw of ``Frame/draw(size:seed:floor:)``.
  public var isPlain: Bool {
    method == .pareto && size != nil && cap == 1 && quotas.isEmpty && randomUnits == 0 && reserve == 0
  }

  /// The rules in force, each with its number; a change in what any of them draws gets a new number.
  public var version: String {
    var text = "\(method.rawValue)-sha256-1"
    if cap < 1 || !quotas.isEmpty || size == nil { text += "+quotas-1" }
    if randomUnits > 0 { text += "+random-1" }
    if reserve > 0 { text += "+reserve-1" }
    return text
  }

  /// One `name: value` a line, in this order: how a plan stands in a sealed header.
  public var lines: [String] {
    var lines = ["version: \(version)", "method: \(method.rawValue)"]
    if let size { lines.append("size: \(size)") }
    lines += ["floor: \(floor)", "cap: \(cap)"]
    lines += quotas.map { "quota: \($0)" }
    if let inspectors { lines.append("inspectors: \(inspectors)") }
    lines.append("random: \(randomUnits)")
    lines.append("reserve: \(reserve)")
    if let reserveColumn { lines.append("reserve-per: \(reserveColumn.rawValue)") }
    return lines
  }

  /// Reads ``lines``, passing over lines of other names; `nil` when one cannot be read or the version is not known.
  public init?(lines: [String]) {
    self.init(size: nil)
    var version: String?
    for line in lines {
      let sides = line.split(separator: ": ", maxSplits: 1).map(String.init)
      guard sides.count == 2 else { continue }
      let value = sides[1]
      switch sides[0] {
      case "version": version = value
      case "method":
        guard let method = DrawMethod(rawValue: value) else { return nil }
        self.method = method
      case "quota":
        guard let quota = Quota(text: value) else { return nil }
        quotas.append(quota)
      case "reserve-per":
        guard let column = FrameColumn(rawValue: value) else { return nil }
        reserveColumn = column
      case "floor", "cap":
        guard let number = Double(value) else { return nil }
        if sides[0] == "floor" { floor = number } else { cap = number }
      case "size", "inspectors", "random", "reserve":
        guard let number = Int(value) else { return nil }
        switch sides[0] {
        case "size": size = number
        case "inspectors": inspectors = number
        case "random": randomUnits = number
        default: reserve = number
        }
      default: continue
      }
    }
    guard version == self.version else { return nil }
  }
}
