public import Geometry

/// Pixels as quadrilaterals of the plane, as parallel arrays.
public struct PixelQuads: Sendable {
  /// Four corners per pixel, in order around it, projected metres.
  public var xs: [Double] = []
  public var ys: [Double] = []
  public var values: [Double] = []
  /// Quality weights, 0...1.
  public var weights: [Double] = []
  /// Standard errors in the unit of the values; NaN where not known.
  public var sigmas: [Double] = []

  public init() {}

  public var count: Int { values.count }

  public mutating func append(_ corners: [PlanePoint], value: Double, weight: Double = 1, sigma: Double = .nan) {
    precondition(corners.count == 4, "a pixel has four corners")
    for corner in corners {
      xs.append(corner.x)
      ys.append(corner.y)
    }
    values.append(value)
    weights.append(weight)
    sigmas.append(sigma)
  }
}

/// Why a pixel cannot be mapped.
public enum PixelRefusal: Int, CaseIterable, Sendable {
  case withoutCorners, acrossAntimeridian, folded, degenerate, tooLarge

  /// What is wrong with four corners in order around a pixel, projected metres; `nil` for a shape that can be mapped.
  ///
  /// Two left and two right turns are a bow-tie and refused; three and one are a concave shape and fine. Less than
  /// 0.001 m² is no area.
  public static func of(_ xs: UnsafeBufferPointer<Double>, _ ys: UnsafeBufferPointer<Double>) -> PixelRefusal? {
    precondition(xs.count == 4 && ys.count == 4, "a pixel has four corners")
    var cutter = PolygonCutter()
    guard cutter.measure(xs, ys) else { return .withoutCorners }
    guard max(cutter.maxX - cutter.minX, cutter.maxY - cutter.minY) < ConservativeMapping.widestMetres else {
      return .tooLarge
    }
    return cutter.refusal(xs, ys, smallestArea: 1e-3)
  }

  /// Lower-case words for messages and reject files.
  public var reason: String {
    switch self {
    case .withoutCorners: "corners are not numbers"
    case .acrossAntimeridian: "corners lie on both sides of the antimeridian"
    case .folded: "corners cross or fold over"
    case .degenerate: "no area"
    case .tooLarge: "wider than 500 km: across the edge of the map, or wrong corners"
    }
  }
}

/// How many pixels were refused, by reason.
public struct PixelRefusals: Sendable, Equatable {
  private var counts = [Int](repeating: 0, count: PixelRefusal.allCases.count)

  public init() {}

  public subscript(_ reason: PixelRefusal) -> Int {
    get { counts[reason.rawValue] }
    set { counts[reason.rawValue] = newValue }
  }

  public var total: Int { counts.reduce(0, +) }

  /// Adds those of another part of the same work.
  public mutating func add(_ other: PixelRefusals) {
    for k in counts.indices { counts[k] += other.counts[k] }
  }

  /// Non-zero counts in words.
  public var statements: [String] {
    PixelRefusal.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) pixels refused: \($0.reason)" }
  }
}

/// What became of every pixel that came in: the parts add up to the whole.
public struct PixelTally: Sendable, Equatable {
  /// With a value and a positive weight, mapped at least in part.
  public var mapped = 0
  /// No value, or one beyond 1e100 (an undeclared fill value).
  public var withoutValue = 0
  /// No weight, or one that is not above 0.
  public var withoutWeight = 0
  /// Beyond the limits that were asked for.
  public var outside = 0
  public var refusals = PixelRefusals()

  public init() {}

  public var total: Int { mapped + withoutValue + withoutWeight + outside + refusals.total }

  /// Adds that of another part of the same work.
  public mutating func add(_ other: PixelTally) {
    mapped += other.mapped
    withoutValue += other.withoutValue
    withoutWeight += other.withoutWeight
    outside += other.outside
    refusals.add(other.refusals)
  }
}
