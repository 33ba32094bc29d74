internal import Diagnostics
internal import GeoFormats
public import Geometry
internal import Gridding
public import Grids
internal import Quantities

/// Maps swath pixels with four corners onto cells, weighted by area and quality.
public enum SwathMapping {
  public struct Options: Sendable {
    /// Array of a NetCDF file, or column of a CSV; `nil` takes `value`, or the only candidate.
    public var variable: String?
    /// Pixels below this quality are left out, 0...1.
    public var minimumQuality = 0.5
    /// Derive corners from the centres of neighbouring pixels where the file has none.
    public var assumesRegular = false
    /// Of CSV corners; NetCDF level 2 is WGS 84.
    public var reference: CoordinateReference?
    public var limits: PlaneBox?

    public init() {}
  }

  /// - Throws: `Problem` for an unreadable file, or one without corners (with what is missing and what to do).
  /// - Returns: The mapped field, and the rows a CSV lost.
  public static func cells(
    path: String, options: Options, grid: Grid, sizeMetres: Int32, read: ReadOptions
  ) throws -> ReadResult<MappedField> {
    let lower = path.lowercased()
    let isText = [".csv", ".txt", ".tsv", ".csv.gz"].contains { lower.hasSuffix($0) }
    var mapping = ConservativeMapping(lattice: try grid.lattice(sizeMetres: sizeMetres), limits: options.limits)
    var facts = TableFacts()
    var dropped = 0
    if isText {
      facts = try addText(path, options, grid.projection, read, &mapping, &dropped)
    } else {
      try addNetCDF(path, options, grid.projection, read.threads, &mapping, &dropped, &facts)
    }
    var notes = mapping.refusals.statements
    if dropped > 0 { notes.append("\(dropped) pixels below the quality of \(options.minimumQuality) left out") }
    let mapped = MappedField(
      field: mapping.field(), pixels: mapping.mappedPixels, refusals: mapping.refusals, metadata: [:], notes: notes)
    return facts.result(mapped, kept: facts.rowsRead - facts.rejects.count)
  }

  private static func addText(
    _ path: String, _ options: Options, _ projection: EqualAreaProjection, _ read: ReadOptions,
    _ mapping: inout ConservativeMapping, _ dropped: inout Int
  ) throws -> TableFacts {
    let corners = (1...4).flatMap { ["lon\($0)", "lat\($0)"] }
    let columns =
      corners.map { TableColumn($0, aliases: []) } + [
        TableColumn(options.variable ?? "value", aliases: []),
        TableColumn("quality", isRequired: false, aliases: ["qa", "qa_value"]),
        TableColumn("sigma", isRequired: false, aliases: ["precision", "uncertainty"]),
      ]
    let converter = try PositionConverter(from: options.reference ?? .wgs84)
    var pixels = PixelQuads()
    var low = 0
    let facts = try readRows(path: path, columns: columns, options: read) { row throws(RowDefect) in
      var points: [PlanePoint] = []
      for k in 0..<4 {
        guard let x = Double(row[2 * k]), let y = Double(row[2 * k + 1]) else {
          throw RowDefect("a corner is not a number")
        }
        do throws(Problem) { points.append(projection.forward(try converter.wgs84(x: x, y: y))) } catch {
          throw RowDefect("a corner is no position")
        }
      }
      // A pixel without a value is a gap, not a fault.
      guard !row[8].isEmpty else { return }
      guard let value = Double(row[8]), value.isFinite else { throw RowDefect("value is not a number") }
      let quality = row[9].isEmpty ? 1 : Double(row[9])
      guard let quality, (0...1).contains(quality) else { throw RowDefect("quality is not between 0 and 1") }
      guard quality >= options.minimumQuality else {
        low += 1
        return
      }
      pixels.append(points, value: value, weight: quality, sigma: Double(row[10]) ?? .nan)
    }
    dropped = low
    mapping.add(pixels, threads: read.threads)
    return facts
  }

  private static func addNetCDF(
    _ path: String, _ options: Options, _ projection: EqualAreaProjection, _ threads: Int,
    _ mapping: inout ConservativeMapping, _ dropped: inout Int, _ facts: inout TableFacts
  ) throws(Problem) {
    let file = try MultidimFile(path: path)
    let names = file.arrayNames()
    func find(_ last: String...) -> String? {
      last.lazy.compactMap { end in names.first { $0.lowercased().hasSuffix("/" + end) } }.first
    }
    guard let variable = options.variable else {
      throw Problem(
        "\(path) holds many arrays", remedy: "name one with --variable: \(names.prefix(40).joined(separator: ", "))",
        exitStatus: .usage)
    }
    let values = try file.read(variable)
    guard values.shape.count >= 2 else {
      throw Problem("\(variable) is not an image", remedy: "name a two-dimensional array", exitStatus: .usage)
    }
    let height = values.shape[values.shape.count - 2]
    let width = values.shape[values.shape.count - 1]
    let corners: SwathCorners
    if let latitudes = find("latitude_bounds"), let longitudes = find("longitude_bounds") {
      corners = try SwathCorners(
        bounds: try file.read(longitudes), try file.read(latitudes), height: height, width: width, path: path)
    } else {
      guard options.assumesRegular else {
        throw Problem(
          "\(path) has no latitude_bounds and longitude_bounds, so the corners of its pixels are not known",
          remedy: "use --assume-regular to place corners half-way between neighbouring centres")
      }
      guard let latitude = find("latitude", "lat"), let longitude = find("longitude", "lon") else {
        throw Problem("\(path) has no latitude and longitude", remedy: "name a level 2 swath file")
      }
      corners = try SwathCorners(
        centres: try file.read(longitude), try file.read(latitude), height: height, width: width, path: path)
    }
    let quality = try find("qa_value").map { name throws(Problem) in try file.read(name).values }
    let flags =
      quality == nil
      ? try find("main_data_quality_flag").map { name throws(Problem) in try file.read(name).values } : nil
    let sigmaName = ["\(variable)_precision", "\(variable)_uncertainty"].first { name in
      names.contains(name.hasPrefix("/") ? name : "/\(name)")
    }
    let sigmas = try sigmaName.map { name throws(Problem) in try file.read(name).values }
    var pixels = PixelQuads()
    // The last plane counts where the array has a leading time dimension of one.
    let offset = values.values.count - height * width
    for pixel in 0..<height * width where values.values[offset + pixel].isFinite {
      // A flag of 0 is good, 1 suspect, 2 bad (TEMPO); qa_value is a share (TROPOMI).
      let weight =
        quality.map { pixel < $0.count ? $0[pixel] : .nan }
        ?? flags.map { pixel < $0.count ? max(0, 1 - $0[pixel] / 2) : .nan } ?? 1
      guard weight.isFinite, weight >= options.minimumQuality else {
        dropped += 1
        continue
      }
      let sigma = sigmas.map { pixel < $0.count ? $0[pixel] : .nan } ?? .nan
      pixels.append(
        corners.corners(row: pixel / width, column: pixel % width).map(projection.forward),
        value: values.values[offset + pixel], weight: weight, sigma: sigma)
    }
    facts.rowsRead = height * width
    mapping.add(pixels, threads: threads)
  }
}

/// Corners of the pixels of an image, WGS 84.
struct SwathCorners {
  private let height: Int
  private let width: Int
  /// Four per pixel from bounds, or one per lattice node of (height + 1) x (width + 1) from centres.
  private let longitudes: [Double]
  private let latitudes: [Double]
  private let areNodes: Bool

  init(bounds longitudes: FileArray, _ latitudes: FileArray, height: Int, width: Int, path: String) throws(Problem) {
    guard longitudes.values.count == height * width * 4, latitudes.values.count == height * width * 4 else {
      throw Problem("the corners of \(path) do not fit its pixels", remedy: "the file is damaged or of another product")
    }
    self.height = height
    self.width = width
    self.longitudes = longitudes.values
    self.latitudes = latitudes.values
    areNodes = false
  }

  /// Corners half-way between four neighbouring centres, extended by the last step at the edges.
  init(centres longitudes: FileArray, _ latitudes: FileArray, height: Int, width: Int, path: String) throws(Problem) {
    guard longitudes.values.count == height * width, latitudes.values.count == height * width else {
      throw Problem("the centres of \(path) do not fit its pixels", remedy: "the file is damaged or of another product")
    }
    guard height > 1, width > 1 else {
      throw Problem("\(path) is a single line of pixels", remedy: "use a whole swath")
    }
    self.height = height
    self.width = width
    self.longitudes = Self.nodes(longitudes.values, height, width)
    self.latitudes = Self.nodes(latitudes.values, height, width)
    areNodes = true
  }

  private static func nodes(_ centres: [Double], _ height: Int, _ width: Int) -> [Double] {
    func centre(_ row: Int, _ column: Int) -> Double {
      // Outside the image, what lies there if the last step goes on.
      let inRow = min(height - 1, max(0, row))
      let inColumn = min(width - 1, max(0, column))
      let value = centres[inRow * width + inColumn]
      if row != inRow { return 2 * value - centre(2 * inRow - row, column) }
      if column != inColumn { return 2 * value - centre(row, 2 * inColumn - column) }
      return value
    }
    var nodes: [Double] = []
    nodes.reserveCapacity((height + 1) * (width + 1))
    for row in 0...height {
      for column in 0...width {
        let sum = centre(row - 1, column - 1) + centre(row - 1, column) + centre(row, column - 1) + centre(row, column)
        nodes.append(sum / 4)
      }
    }
    return nodes
  }

  func corners(row: Int, column: Int) -> [LonLat] {
    guard areNodes else {
      let first = (row * width + column) * 4
      return (first..<first + 4).map { LonLat(longitude: longitudes[$0], latitude: latitudes[$0]) }
    }
    return [(0, 0), (0, 1), (1, 1), (1, 0)].map { down, across in
      let node = (row + down) * (width + 1) + column + across
      return LonLat(longitude: longitudes[node], latitude: latitudes[node])
    }
  }
}
