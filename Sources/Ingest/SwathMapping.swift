internal import Diagnostics
public import Geometry
internal import Gridding
public import Grids

/// Maps swath pixels with four corners onto cells, weighted by area and quality.
public enum SwathMapping {
  /// What is read of a swath, and how its pixels are weighed.
  public struct Options: Sendable {
    /// Array of a NetCDF file, or column of a CSV; `nil` takes `value`, or the only candidate.
    public var variable: String?
    /// Pixels below this quality are left out, 0...1.
    public var minimumQuality = 0.5
    /// Share ρ of a pixel's error variance that all pixels of its file have in common, 0...1.
    public var correlation = 0.0
    /// Derive corners from the centres of neighbouring pixels where the file has none.
    public var assumesRegular = false
    /// Of CSV corners; NetCDF level 2 is WGS 84.
    public var reference: CoordinateReference?
    /// Only pixels that touch this box are used, projected metres; `nil` uses all.
    public var limits: PlaneBox?

    public init() {}
  }

  /// - Throws: `Problem` for an unreadable file, or one without corners (with what is missing and what to do).
  /// - Returns: The mapped field, and the rows or pixels that were refused: rows read are those kept plus those in
  ///   `rejects`; of those kept the tally says which had no value, too little quality, or lay outside.
  public static func cells(
    path: String, options: Options, grid: Grid, sizeMetres: Int32, read: ReadOptions
  ) throws -> ReadResult<MappedField> {
    let lower = path.lowercased()
    let isText = [".csv", ".txt", ".tsv", ".csv.gz"].contains { lower.hasSuffix($0) }
    var mapping = ConservativeMapping(lattice: try grid.lattice(sizeMetres: sizeMetres), limits: options.limits)
    var pixels = SwathPixels(options: options, projection: grid.projection)
    let facts =
      isText
      ? try pixels.readText(path: path, options: read)
      : try pixels.readNetCDF(path: path)
    mapping.add(pixels.quads, threads: read.threads)
    mapping.skip(
      withoutValue: pixels.withoutValue, withoutWeight: pixels.belowQuality, outside: pixels.outside)
    for refusal in pixels.refused { mapping.refuse(refusal) }
    mapping.endFile()
    var notes = mapping.refusals.statements
    if pixels.belowQuality > 0 {
      notes.append("\(pixels.belowQuality) pixels below the quality of \(options.minimumQuality) left out")
    }
    if pixels.withoutValue > 0 { notes.append("\(pixels.withoutValue) pixels without a value passed over") }
    let folded = mapping.refusals[.folded]
    if folded > 10, folded * 10 > 9 * mapping.tally.total {
      notes.append("nearly all pixels fold: their corners must go round the pixel, such as SW, SE, NE, NW")
    }
    let mapped = MappedField(
      sums: mapping.sums, correlation: options.correlation, tally: mapping.tally, metadata: [:], notes: notes)
    return facts.result(mapped, kept: facts.rowsRead - facts.rejects.count)
  }
}

/// Pixels as they come out of a file, checked for their shape.
struct SwathPixels {
  let options: SwathMapping.Options
  let projection: EqualAreaProjection
  var quads = PixelQuads()
  var withoutValue = 0
  var belowQuality = 0
  var outside = 0
  var refused: [PixelRefusal] = []

  init(options: SwathMapping.Options, projection: EqualAreaProjection) {
    self.options = options
    self.projection = projection
  }

  /// Takes a pixel with its corners in WGS 84 degrees. - Returns: Why it cannot be mapped; `nil` when it can.
  mutating func add(
    _ longitudes: (Double, Double, Double, Double), _ latitudes: (Double, Double, Double, Double), value: Double,
    weight: Double, sigma: Double
  ) -> PixelRefusal? {
    let west = min(min(longitudes.0, longitudes.1), min(longitudes.2, longitudes.3))
    let east = max(max(longitudes.0, longitudes.1), max(longitudes.2, longitudes.3))
    let far = max(
      max(latitudes.0.magnitude, latitudes.1.magnitude), max(latitudes.2.magnitude, latitudes.3.magnitude))
    // Fill values such as 9.97e36 are no corners; NaN fails the comparison too.
    guard far <= 90, west >= -180.000_001, east <= 360.000_001,
      (longitudes.0 + longitudes.1 + longitudes.2 + longitudes.3 + far).isFinite
    else { return .withoutCorners }
    guard east - west <= 180 else { return .acrossAntimeridian }
    let a = projection.forward(LonLat(longitude: longitudes.0, latitude: latitudes.0))
    let b = projection.forward(LonLat(longitude: longitudes.1, latitude: latitudes.1))
    let c = projection.forward(LonLat(longitude: longitudes.2, latitude: latitudes.2))
    let d = projection.forward(LonLat(longitude: longitudes.3, latitude: latitudes.3))
    let first = quads.xs.count
    quads.xs.append(a.x)
    quads.xs.append(b.x)
    quads.xs.append(c.x)
    quads.xs.append(d.x)
    quads.ys.append(a.y)
    quads.ys.append(b.y)
    quads.ys.append(c.y)
    quads.ys.append(d.y)
    let refusal = quads.xs.withUnsafeBufferPointer { xs in
      quads.ys.withUnsafeBufferPointer { ys in
        PixelRefusal.of(
          UnsafeBufferPointer(rebasing: xs[first..<first + 4]), UnsafeBufferPointer(rebasing: ys[first..<first + 4]))
      }
    }
    if let refusal {
      quads.xs.removeLast(4)
      quads.ys.removeLast(4)
      return refusal
    }
    quads.values.append(value)
    quads.weights.append(weight)
    quads.sigmas.append(sigma)
    return nil
  }
}
