public import Grids
internal import Glibc
internal import Gridding
internal import Threads

/// What the air around a cell carries anyway, and what is left for sources nearby.
///
/// The background is a quantile of the field in a wide ring: far enough not to hold the cell's own plume, near enough to
/// share its weather. Where the wind is known only the upwind part of the ring counts. The residual is the field minus it.
public struct BackgroundRule: Hashable, Sendable {
  /// Steps from the cell up to which neighbours are left out.
  public var innerSteps = 2
  /// Steps up to which they count.
  public var outerSteps = 15
  /// 0.5 is the median; lower values follow the clean air between sources.
  public var quantile = 0.5
  /// Share of the ring's cells that must have a value.
  public var minimumShare = 0.1
  /// Half the opening of the upwind sector, degrees.
  public var halfSectorDegrees = 60.0

  public init() {}

  /// Reads `ring:15`, `ring:2-15` and `ring:2-15:0.25` (steps left out, steps, quantile).
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts[0] == "ring" else { return nil }
    let steps = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(steps.count), let outer = steps.last ?? nil, let inner = steps.count == 2 ? steps[0] : 2,
      inner >= 0, outer > inner, outer <= 500
    else { return nil }
    innerSteps = inner
    outerSteps = outer
    if parts.count == 3 {
      guard let quantile = Double(parts[2]), quantile > 0, quantile < 1 else { return nil }
      self.quantile = quantile
    }
  }

  /// What ``init(_:)`` reads.
  public var description: String { "ring:\(innerSteps)-\(outerSteps):\(quantile)" }

  /// Cells of the ring looked at, at most: wide rings are thinned evenly.
  static let mostCells = 800

  /// - Parameters:
  ///   - field: Values on cells.
  ///   - upwind: One per cell of the field; where the wind is not known, or `nil`, the whole ring counts.
  ///   - correlationMetres: Distance over which the field's errors go together; `nil` when it is not known, and then all
  ///     of a ring's errors count as one.
  /// - Returns: One per cell of the field: the background and its variance; `nil` where too little of the ring is known.
  public func backgrounds(
    of field: CellField, upwind: UpwindSectors? = nil, correlationMetres: Double? = nil, threads: Int = 1
  ) -> [(value: Double, variance: Double)?] {
    backgrounds(
      of: field, upwind: upwind, correlationMetres: correlationMetres, threads: threads, slides: true)
  }

  /// - Parameter slides: Lets tests look at every step of every cell.
  func backgrounds(
    of field: CellField, upwind: UpwindSectors?, correlationMetres: Double?, threads: Int, slides: Bool
  ) -> [(value: Double, variance: Double)?] {
    guard let window = LatticeWindow(cells: field.cells, margin: outerSteps), let size = field.cells.first?.sizeMetres
    else { return field.cells.map { _ in nil } }
    let values = window.spread(field.values, empty: .nan)
    let variances = window.spread(field.variances.map { $0.isFinite ? $0 : 0 }, empty: 0)
    precondition(upwind.map { $0.sectors.count == field.count } ?? true, "one sector per cell")
    if slides, upwind == nil,
      let found = slidingBackgrounds(
        field, window, variances: variances, correlationMetres: correlationMetres, threads: threads)
    {
      return found
    }
    // The whole ring first, then one part of it per direction.
    let parts = (-1..<(upwind == nil ? 0 : UpwindSectors.directions)).map { part(Int8($0), stride: window.stride) }
    let most = parts.reduce(0) { max($0, $1.offsets.count) }
    let piece = 512
    let pieces = (field.count + piece - 1) / piece
    return mapConcurrently(pieces, threads: threads) { number in
      var found = [Double](repeating: 0, count: most)
      return (number * piece..<min(field.count, (number + 1) * piece)).map {
        slot -> (value: Double, variance: Double)? in
        let position = Int(window.positions[slot])
        let part = parts[Int(upwind?.sectors[slot] ?? -1) + 1]
        var count = 0
        var variance = 0.0
        for offset in part.offsets {
          let value = values[position + offset]
          guard !value.isNaN else { continue }
          found[count] = value
          variance += variances[position + offset]
          count += 1
        }
        guard count >= part.fewest else { return nil }
        let area = Double(size) * Double(size) * Double(part.cells) * Double(count) / Double(part.offsets.count)
        let independent = correlationMetres.map { max(1, area / (.pi * $0 * $0)) } ?? 1
        // π/2: a median of normal values varies that much more than their mean.
        return (quantile(of: &found, count), variance / Double(count) / independent * .pi / 2)
      }
    }.flatMap(\.self)
  }

  /// The same of whole rings that are not thinned, by sliding them along rows.
  ///
  /// - Returns: `nil` where rings are thinned, or cells so scattered that rows are mostly gaps.
  private func slidingBackgrounds(
    _ field: CellField, _ window: LatticeWindow, variances: [Double], correlationMetres: Double?, threads: Int
  ) -> [(value: Double, variance: Double)?]? {
    let steps = steps(sector: -1)
    guard steps.count <= Self.mostCells, window.size <= 16 * field.count, !field.values.contains(where: \.isNaN) else {
      return nil
    }
    let part = part(-1, stride: window.stride)
    let (values, counts) = RingQuantiles(window, values: field.values, steps: steps)
      .quantiles(quantile, fewest: part.fewest, threads: threads)
    let sums = variances.contains { $0 != 0 } ? ringSums(variances, window, part.offsets, threads: threads) : nil
    let size = Double(field.cells.first?.sizeMetres ?? 0)
    return field.cells.indices.map { slot in
      guard let value = values[slot] else { return nil }
      let count = Double(counts[slot])
      let area = size * size * Double(part.cells) * count / Double(part.offsets.count)
      let independent = correlationMetres.map { max(1, area / (.pi * $0 * $0)) } ?? 1
      return (value, (sums?[slot] ?? 0) / count / independent * .pi / 2)
    }
  }

  /// Sums of a window's numbers over some steps around every cell, added in the order of the steps.
  private func ringSums(_ numbers: [Double], _ window: LatticeWindow, _ offsets: [Int], threads: Int) -> [Double] {
    let positions = window.positions
    let piece = 512
    return mapConcurrently((positions.count + piece - 1) / piece, threads: threads) { number in
      var sums = [Double](repeating: 0, count: min(piece, positions.count - number * piece))
      numbers.withUnsafeBufferPointer { numbers in
        for offset in offsets {
          for k in sums.indices { sums[k] += numbers[Int(positions[number * piece + k]) + offset] }
        }
      }
      return sums
    }.flatMap(\.self)
  }

  /// The field minus its background. Cells without a background are left out; variances add up.
  ///
  /// - Returns: The residual, and the background of each of its cells.
  public func residual(
    of field: CellField, upwind: UpwindSectors? = nil, correlationMetres: Double? = nil, threads: Int = 1
  ) -> (field: CellField, backgrounds: [Double]) {
    let backgrounds = backgrounds(of: field, upwind: upwind, correlationMetres: correlationMetres, threads: threads)
    let kept = field.cells.indices.filter { backgrounds[$0] != nil }
    let known = kept.map { backgrounds[$0] ?? (0, 0) }
    let residual = CellField(
      cells: kept.map { field.cells[$0] }, values: zip(kept, known).map { field.values[$0] - $1.value },
      variances: zip(kept, known).map { field.variances[$0] + $1.variance }, counts: kept.map { field.counts[$0] },
      coverages: kept.map { field.coverages[$0] })
    return (residual, known.map(\.value))
  }

  /// The same of a surface, whose cells keep their kinds.
  public func residual(
    of surface: Surface, upwind: UpwindSectors? = nil, correlationMetres: Double? = nil, threads: Int = 1
  ) -> (surface: Surface, backgrounds: [Double]) {
    let made = residual(of: surface.field, upwind: upwind, correlationMetres: correlationMetres, threads: threads)
    var slot = 0
    let kinds = made.field.cells.map { cell in
      while surface.field.cells[slot] != cell { slot += 1 }
      return surface.kinds[slot]
    }
    return (Surface(field: made.field, kinds: kinds), made.backgrounds)
  }

  /// Part of the ring that counts for a cell.
  private struct Part {
    /// Steps in a window from a cell to the cells looked at.
    var offsets: [Int]
    /// Cells of the part, looked at or not.
    var cells: Int
    /// Values that must be known.
    var fewest: Int
  }

  /// Steps of the ring, from the south, then from the west.
  ///
  /// - Parameter sector: Upwind direction, -1 for the whole ring.
  private func steps(sector: Int8) -> [(east: Int, north: Int)] {
    let opening = cos(halfSectorDegrees * .pi / 180)
    let angle = Double(sector) * 2 * .pi / Double(UpwindSectors.directions)
    var steps: [(east: Int, north: Int)] = []
    for north in -outerSteps...outerSteps {
      for east in -outerSteps...outerSteps {
        let square = east * east + north * north
        guard square > innerSteps * innerSteps, square <= outerSteps * outerSteps else { continue }
        if sector >= 0 {
          let along = (cos(angle) * Double(east) + sin(angle) * Double(north)) / Double(square).squareRoot()
          guard along >= opening - 1e-12 else { continue }
        }
        steps.append((east, north))
      }
    }
    return steps
  }

  private func part(_ sector: Int8, stride: Int) -> Part {
    let steps = steps(sector: sector)
    let every = max(1, (steps.count + Self.mostCells - 1) / Self.mostCells)
    // Rows of a window differ by one cell in phase, so that thinning leaves no empty columns.
    let kept = steps.indices.filter { (($0 + steps[$0].north) % every + every) % every == 0 }
    let offsets = kept.map { steps[$0].north * stride + steps[$0].east }
    return Part(
      offsets: offsets, cells: steps.count, fewest: max(4, Int((Double(offsets.count) * minimumShare).rounded(.up))))
  }

  private func quantile(of values: inout [Double], _ count: Int) -> Double {
    values.withUnsafeMutableBufferPointer { values in
      var own = UnsafeMutableBufferPointer(rebasing: values[..<count])
      guard quantile != 0.5 else { return median(&own) }
      own.sort()
      // Hyndman & Fan 1996, type 7.
      let place = quantile * Double(count - 1)
      let low = Int(place)
      let high = min(count - 1, low + 1)
      return own[low] + (place - Double(low)) * (own[high] - own[low])
    }
  }
}
