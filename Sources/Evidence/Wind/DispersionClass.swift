internal import Glibc

/// How strongly the air mixes, after Pasquill, A (very unstable) to F (stable).
///
/// Without cloud and radiation only the wind speed and the hour of the day decide: Pasquill's table (1961) for slight
/// insolation by day, because the campaign is a winter one, and for a night with cloud, because it is over cities.
public enum DispersionClass: Int, CaseIterable, Hashable, Sendable {
  case a, b, c, d, e, f

  /// - Parameters:
  ///   - speed: m/s.
  ///   - hourOfDay: 0...23 Beijing time; 08 to 16 are day, which is right from November to February between 110° and
  ///     120° E.
  public init(speed: Double, hourOfDay: Int) {
    if (8..<17).contains(hourOfDay) {
      self = speed < 2 ? .b : speed < 5 ? .c : .d
    } else {
      self = speed < 3 ? .e : .d
    }
  }

  /// Standard deviation of a plume across the wind, metres, after Briggs (1973) for open country, as given in Hanna,
  /// Briggs & Hosker (1982), Handbook on Atmospheric Diffusion, DOE/TIC-11223, table 4.5.
  ///
  /// - Parameter metres: Distance downwind; the fit is for 100 m to 10 km and is used to 20 km.
  public func lateralDeviation(metres: Double) -> Double {
    let slope = [0.22, 0.16, 0.11, 0.08, 0.06, 0.04][rawValue]
    return slope * metres / (1 + 0.0001 * metres).squareRoot()
  }

  /// Standard deviation of a plume in height, metres; same table.
  public func verticalDeviation(metres: Double) -> Double {
    switch self {
    case .a: 0.20 * metres
    case .b: 0.12 * metres
    case .c: 0.08 * metres / (1 + 0.0002 * metres).squareRoot()
    case .d: 0.06 * metres / (1 + 0.0015 * metres).squareRoot()
    case .e: 0.03 * metres / (1 + 0.0003 * metres)
    case .f: 0.016 * metres / (1 + 0.0003 * metres)
    }
  }
}

/// A Gaussian plume at the ground (Pasquill & Smith; Briggs's deviations), averaged over the square a receptor speaks
/// for.
///
/// At the ground, with reflection, C = Q / (π U σy σz) · exp(-y²/2σy²) · exp(-H²/2σz²). Averaged over a square of side L
/// that is turned with the wind: across the wind by the error function, along it by steps.
public struct PlumeKernel: Hashable, Sendable {
  /// Height of release, metres: low stacks and leaking roofs. Fitted, as ``lossMetres``.
  public var releaseMetres = 10.0
  /// Height up to which the air mixes, metres; σz grows to 0.8 of it, where the plume is mixed evenly.
  public var mixingMetres = 600.0
  /// Standard deviation of the wind's direction within an hour, degrees: meandering that Briggs's ten minutes lack.
  public var meanderDegrees = 12.0
  /// Distance over which e⁻¹ of the plume is left, metres: removal, shear and turning of the wind on the way. Fitted,
  /// see docs/methods/attribution.md.
  public var lossMetres = 12_000.0
  /// Side of the square a receptor speaks for, metres; 0 is a point.
  public var footprintMetres = 3000.0

  public init() {}

  /// Mean concentration times wind speed over the emission, 1/m².
  ///
  /// - Parameters:
  ///   - along: From source to receptor down the wind, metres; may be negative, when only part of the square lies
  ///     downwind.
  ///   - across: Off the axis, metres.
  ///   - positionMetres: Standard deviation of the source's position, or of where it lies in its cell.
  public func perEmission(
    along: Double, across: Double, positionMetres: Double, dispersion: DispersionClass
  ) -> Double {
    let steps = footprintMetres > 0 ? 8 : 1
    let half = footprintMetres / 2
    let meander = tan(meanderDegrees * .pi / 180)
    var sum = 0.0
    for step in 0..<steps {
      let x = along - half + footprintMetres * (Double(step) + 0.5) / Double(steps)
      guard x > 0 else { continue }
      let sigmaZ = min(0.8 * mixingMetres, max(1, dispersion.verticalDeviation(metres: x)))
      let briggs = dispersion.lateralDeviation(metres: x)
      let sigmaY = max(
        1, (briggs * briggs + meander * meander * x * x + positionMetres * positionMetres).squareRoot())
      let height = releaseMetres / sigmaZ
      let column = (2 / Double.pi).squareRoot() / sigmaZ * exp(-height * height / 2) * exp(-x / lossMetres)
      let lateral: Double
      if half > 0 {
        let root = 2.0.squareRoot() * sigmaY
        lateral = (erf((across + half) / root) - erf((across - half) / root)) / (2 * footprintMetres)
      } else {
        lateral = exp(-across * across / (2 * sigmaY * sigmaY)) / (sigmaY * (2 * Double.pi).squareRoot())
      }
      sum += column * lateral
    }
    return sum / Double(steps)
  }
}

/// ``PlumeKernel`` on a raster of distances along and across the wind, one layer per class, read by interpolation.
struct PlumeTable: Sendable {
  /// Metres between entries.
  static let step = 250.0

  let firstAlong: Double
  let lastAlong: Double
  let lastAcross: Double
  private let columns: Int
  private let rows: Int
  private let values: [Float]

  init(_ kernel: PlumeKernel, positionMetres: Double, reachMetres: Double) {
    // A source may lie on the wrong side of its receptor by its own uncertainty.
    let spread = kernel.footprintMetres / 2 + 2 * positionMetres
    firstAlong = -(spread / Self.step).rounded(.up) * Self.step
    lastAlong = ((reachMetres + spread) / Self.step).rounded(.up) * Self.step
    lastAcross = ((reachMetres / 2 + spread) / Self.step).rounded(.up) * Self.step
    rows = Int((lastAlong - firstAlong) / Self.step) + 2
    columns = Int(lastAcross / Self.step) + 2
    var values: [Float] = []
    values.reserveCapacity(rows * columns * DispersionClass.allCases.count)
    // Where the source lies along the wind is as unsure as across it: five points of equal weight of a normal.
    let offsets = [-1.28, -0.52, 0, 0.52, 1.28].map { $0 * positionMetres }
    for dispersion in DispersionClass.allCases {
      for row in 0..<rows {
        for column in 0..<columns {
          let along = firstAlong + Double(row) * Self.step
          let across = Double(column) * Self.step
          let sum = offsets.reduce(0) {
            $0
              + kernel.perEmission(
                along: along + $1, across: across, positionMetres: positionMetres, dispersion: dispersion)
          }
          values.append(Float(sum / 5))
        }
      }
    }
    self.values = values
  }

  /// 1/m²; 0 outside the raster.
  @inline(__always)
  func value(along: Double, across: Double, dispersion: DispersionClass) -> Double {
    let aside = abs(across)
    guard along >= firstAlong, along < lastAlong, aside < lastAcross else { return 0 }
    let (u, v) = ((along - firstAlong) / Self.step, aside / Self.step)
    let (row, column) = (Int(u), Int(v))
    let (du, dv) = (Float(u - Double(row)), Float(v - Double(column)))
    let start = (dispersion.rawValue * rows + row) * columns + column
    return values.withUnsafeBufferPointer { values in
      let low = values[start] + (values[start + 1] - values[start]) * dv
      let high = values[start + columns] + (values[start + columns + 1] - values[start + columns]) * dv
      return Double(low + (high - low) * du)
    }
  }
}
