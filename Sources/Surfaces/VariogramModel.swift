internal import Glibc

/// How unlike two places are by their distance: γ(h), half the mean squared difference.
///
/// γ(0) = 0; just above 0 it jumps to the nugget. `rangeMetres` is the practical range: γ reaches 95 % of its sill there
/// for the exponential model and the sill itself for the spherical one (Chilès & Delfiner 2012, section 2.5; the
/// exponents are those of PyKrige, so that parameters can be exchanged with it).
public struct VariogramModel: Hashable, Sendable {
  /// The curve between nugget and sill, with h in units of the practical range.
  public enum Shape: String, CaseIterable, Hashable, Sendable {
    /// 1.5 h - 0.5 h³ up to 1, then 1.
    case spherical
    /// 1 - exp(-3 h).
    case exponential
    /// 1 - exp(-(7h/4)²): very smooth; without a nugget its systems are close to singular.
    case gaussian
  }

  /// Distances count more across than along a direction (geometric anisotropy).
  public struct Anisotropy: Hashable, Sendable {
    /// Direction of the longest range, degrees clockwise from north, 0..<180.
    public var azimuthDegrees: Double
    /// Shortest range over longest, above 0 and up to 1.
    public var ratio: Double

    public init(azimuthDegrees: Double, ratio: Double) {
      self.azimuthDegrees = azimuthDegrees
      self.ratio = ratio
    }
  }

  public var shape: Shape
  /// Variance at no distance, unit of the quantity squared.
  public var nugget: Double
  /// Variance that distance adds, unit of the quantity squared.
  public var partialSill: Double
  /// Practical range along the longest direction, metres.
  public var rangeMetres: Double
  /// `nil` when all directions are alike.
  public var anisotropy: Anisotropy?

  /// - Precondition: variances not negative, a positive range, a ratio in 0...1.
  public init(
    shape: Shape, nugget: Double, partialSill: Double, rangeMetres: Double, anisotropy: Anisotropy? = nil
  ) {
    precondition(nugget >= 0 && partialSill >= 0 && rangeMetres > 0, "a variogram does not go below 0")
    precondition(anisotropy.map { $0.ratio > 0 && $0.ratio <= 1 } ?? true, "a ratio is above 0 and at most 1")
    self.shape = shape
    self.nugget = nugget
    self.partialSill = partialSill
    self.rangeMetres = rangeMetres
    self.anisotropy = anisotropy
  }

  public var sill: Double { nugget + partialSill }

  /// γ between two places `dx` metres east and `dy` metres north of each other.
  public func gamma(dx: Double, dy: Double) -> Double {
    let frame = Frame(self)
    let (u, v) = frame.place(dx, dy)
    let h = (u * u + v * v).squareRoot()
    return h == 0 ? 0 : sill - partialSill * correlation(squaredDistance: u * u + v * v)
  }

  /// Correlation of the part that distance explains; distance squared in units of the range.
  @inline(__always)
  func correlation(squaredDistance: Double) -> Double {
    switch shape {
    case .spherical:
      guard squaredDistance < 1 else { return 0 }
      let h = squaredDistance.squareRoot()
      return 1 - h * (1.5 - 0.5 * squaredDistance)
    case .exponential: return exp(-3 * squaredDistance.squareRoot())
    case .gaussian: return exp(-squaredDistance * (49.0 / 16))
    }
  }

  /// Turns metres into units of the range, the same in all directions.
  struct Frame {
    private let east: (Double, Double)
    private let north: (Double, Double)

    init(_ model: VariogramModel) {
      let anisotropy = model.anisotropy ?? Anisotropy(azimuthDegrees: 0, ratio: 1)
      let angle = anisotropy.azimuthDegrees * .pi / 180
      let along = 1 / model.rangeMetres
      let across = along / anisotropy.ratio
      east = (sin(angle) * along, cos(angle) * across)
      north = (cos(angle) * along, -sin(angle) * across)
    }

    @inline(__always)
    func place(_ x: Double, _ y: Double) -> (u: Double, v: Double) {
      (x * east.0 + y * north.0, x * east.1 + y * north.1)
    }
  }
}

extension VariogramModel: CustomStringConvertible {
  /// Reads `exponential:9:120:40000` or, with anisotropy, `spherical:9:120:40000:60:0.5`: shape, nugget, partial sill,
  /// practical range in metres, azimuth in degrees clockwise from north, ratio.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 || parts.count == 6, let shape = Shape(rawValue: parts[0]) else { return nil }
    let numbers = parts.dropFirst().compactMap { Double($0) }.filter(\.isFinite)
    guard numbers.count == parts.count - 1, numbers[0] >= 0, numbers[1] >= 0, numbers[0] + numbers[1] > 0,
      numbers[2] > 0
    else { return nil }
    var anisotropy: Anisotropy?
    if numbers.count == 5 {
      guard numbers[4] > 0, numbers[4] <= 1 else { return nil }
      anisotropy = Anisotropy(azimuthDegrees: numbers[3], ratio: numbers[4])
    }
    self.init(
      shape: shape, nugget: numbers[0], partialSill: numbers[1], rangeMetres: numbers[2], anisotropy: anisotropy)
  }

  /// What ``init(_:)`` reads.
  public var description: String {
    let base = "\(shape.rawValue):\(nugget):\(partialSill):\(rangeMetres)"
    return anisotropy.map { "\(base):\($0.azimuthDegrees):\($0.ratio)" } ?? base
  }
}
