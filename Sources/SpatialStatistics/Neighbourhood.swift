internal import Glibc

/// Which cells count as neighbours of a cell. The cell itself is never one of them.
public enum Neighbourhood: Hashable, Sendable, CustomStringConvertible {
  /// The 8 cells that share an edge or a corner.
  case queen
  /// The 4 cells that share an edge.
  case rook
  /// Cells whose centre is at most this many metres away.
  case radius(metres: Double)
  /// Cells whose centre is at most this many metres away, each with the weight (side / distance)^power: 1 for a cell that
  /// shares an edge, whatever the size of the cells.
  case inverseDistance(metres: Double, power: Double)
  /// Cells exactly `steps` king's moves away.
  case ring(steps: Int)
  /// Cells at most `steps` king's moves away.
  case disk(steps: Int)

  /// What ``init(_:)`` reads, for messages.
  public static let forms = "queen, rook, radius:METRES, inverse:METRES, inverse:METRES:POWER, ring:STEPS or disk:STEPS"

  /// Reads `queen`, `rook`, `radius:7500`, `inverse:15000`, `inverse:15000:2`, `ring:2` or `disk:2`; the power is 1 when
  /// left out. - Returns: `nil` for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts[0], parts.count == 2 ? parts[1] : nil) {
    case ("queen", nil): self = .queen
    case ("rook", nil): self = .rook
    case ("radius", let number?):
      guard let metres = Double(number), metres.isFinite, metres > 0 else { return nil }
      self = .radius(metres: metres)
    case ("inverse", let numbers?):
      let both = numbers.split(separator: ":", omittingEmptySubsequences: false)
      guard let metres = Double(both[0]), metres.isFinite, metres > 0, both.count <= 2,
        let power = both.count == 2 ? Double(both[1]) : 1, power > 0, power <= 16
      else { return nil }
      self = .inverseDistance(metres: metres, power: power)
    case ("ring", let number?):
      guard let steps = Int(number), (1...1000).contains(steps) else { return nil }
      self = .ring(steps: steps)
    case ("disk", let number?):
      guard let steps = Int(number), (1...1000).contains(steps) else { return nil }
      self = .disk(steps: steps)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .queen: "queen"
    case .rook: "rook"
    case .radius(let metres): "radius:\(Self.text(metres))"
    case .inverseDistance(let metres, let power):
      "inverse:\(Self.text(metres))" + (power == 1 ? "" : ":\(Self.text(power))")
    case .ring(let steps): "ring:\(steps)"
    case .disk(let steps): "disk:\(steps)"
    }
  }

  private static func text(_ number: Double) -> String {
    number == number.rounded() && number < 1e15 ? "\(Int(number))" : "\(number)"
  }

  /// Whether every weight is 1.
  public var isBinary: Bool {
    if case .inverseDistance = self { false } else { true }
  }

  /// Weight of the neighbour at an offset.
  public func weight(of offset: Offset) -> Double {
    guard case .inverseDistance(_, let power) = self else { return 1 }
    return pow(Double(offset.columns * offset.columns + offset.rows * offset.rows), -power / 2)
  }

  /// One step from a cell to a neighbour.
  public struct Offset: Hashable, Sendable {
    public let columns: Int
    public let rows: Int
  }

  /// Steps to every neighbour, from the south, then from the west.
  ///
  /// A radius shorter than a cell has none. Distances are between centres, so the offsets are the same for every cell.
  public func offsets(sizeMetres: Int32) -> [Offset] {
    let reach = reach(sizeMetres: sizeMetres)
    var offsets: [Offset] = []
    for rows in -reach...reach {
      for columns in -reach...reach where (columns, rows) != (0, 0) {
        if contains(columns: columns, rows: rows, sizeMetres: sizeMetres) {
          offsets.append(Offset(columns: columns, rows: rows))
        }
      }
    }
    return offsets
  }

  /// King's moves to the farthest neighbour.
  public func reach(sizeMetres: Int32) -> Int {
    switch self {
    case .queen, .rook: 1
    case .radius(let metres), .inverseDistance(let metres, _): Int(min(metres / Double(sizeMetres), 1e6))
    case .ring(let steps), .disk(let steps): steps
    }
  }

  private func contains(columns: Int, rows: Int, sizeMetres: Int32) -> Bool {
    switch self {
    case .queen, .disk: return true
    case .rook: return abs(columns) + abs(rows) == 1
    case .ring(let steps): return max(abs(columns), abs(rows)) == steps
    case .radius(let metres), .inverseDistance(let metres, _):
      let side = Double(sizeMetres)
      return Double(columns * columns + rows * rows) * (side * side) <= metres * metres
    }
  }
}

extension Neighbourhood: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let neighbourhood = Neighbourhood(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is not \(Self.forms)")
    }
    self = neighbourhood
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
