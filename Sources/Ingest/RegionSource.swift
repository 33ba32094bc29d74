public import Diagnostics
internal import Digests
internal import Foundation
public import Geometry
public import Grids

/// Finds county boundaries and the regions made from them, and keeps what was computed.
public enum RegionSource {
  /// A region with what had to be repaired when it was built; a kept region tells the repairs of its building.
  public struct Outcome: Sendable {
    /// At the size that was asked for.
    public let region: Region
    /// Counties whose outline crossed itself, in the order of building; empty for clean boundaries.
    public let repairs: [RingRepair]
    /// Whether the region was kept from an earlier call with the same boundaries, grid, size and places.
    public let isFromCache: Bool
    /// SHA-256 of the boundary file, hexadecimal.
    public let boundaryHash: String
  }

  /// Where derived files live: `HOTGRID_CACHE`, else `~/.cache/hotgrid`.
  public static var cacheFolder: String {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["HOTGRID_CACHE"], !folder.isEmpty { return folder }
    return "\(environment["HOME"] ?? NSTemporaryDirectory())/.cache/hotgrid"
  }

  /// The boundaries `tools/setup` derived, or those `HOTGRID_BOUNDARIES` names. - Returns: `nil` when there are none.
  public static var defaultBoundaries: String? {
    if let path = ProcessInfo.processInfo.environment["HOTGRID_BOUNDARIES"], !path.isEmpty { return path }
    let path = "\(cacheFolder)/counties-2p26-wgs84.geojson"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// The region of a grid at one level, from the cache or built anew.
  ///
  /// - Parameters:
  ///   - boundariesPath: A vector file of counties; `nil` takes `defaultBoundaries`.
  ///   - reference: Datum of the file; `nil` takes its own word.
  ///   - cacheFolder: Where built regions are kept; `nil` takes the default.
  /// - Throws: `Problem` when there are no boundaries or none of the region's counties is in them.
  public static func region(
    grid: Grid, sizeMetres: Int32, boundariesPath: String? = nil, reference: CoordinateReference? = nil,
    places: PlaceDirectory? = nil, cacheFolder: String? = nil
  ) throws(Problem) -> Outcome {
    let (path, boundaryHash) = try boundaryFile(boundariesPath)
    let lattice = try grid.lattice(sizeMetres: sizeMetres)
    let definition = grid.definition
    let key = SHA256Digest(
      ofUTF8: [
        boundaryHash, reference?.description ?? "", definition.crs, "\(definition.origin)", "\(sizeMetres)",
        definition.region.codes.joined(separator: " "), "\(Region.encodingVersion)", "\(layoutVersion)", names(places),
      ].joined(separator: "|"))
    let folder = cacheFolder ?? "\(self.cacheFolder)/regions"
    let cached = "\(folder)/\(definition.region.name)-\(sizeMetres)-\(key.hex.prefix(16)).region"
    if let bytes = try? Data(contentsOf: URL(filePath: cached)), let region = Region(decoding: Array(bytes)),
      let repairs = try? readRepairs(cached, counties: region.counties)
    {
      return Outcome(region: region, repairs: repairs, isFromCache: true, boundaryHash: boundaryHash)
    }
    let boundaries = try read(path, grid, reference: reference, places: places)
    let built = RegionBuilder.build(
      name: definition.region.name, lattice: lattice, projection: grid.projection, boundaries: boundaries)
    keep(built.region, built.repairs, at: cached, folder: folder)
    return Outcome(region: built.region, repairs: built.repairs, isFromCache: false, boundaryHash: boundaryHash)
  }

  /// The counties of a grid's region with their boundaries, from the cache or read anew.
  ///
  /// - Parameters:
  ///   - boundariesPath: A vector file of counties; `nil` takes `defaultBoundaries`.
  ///   - cacheFolder: Where boundaries are kept as bytes; `nil` takes the default.
  /// - Throws: `Problem` when there are no boundaries or none of the region's counties is in them.
  public static func boundaries(
    grid: Grid, boundariesPath: String? = nil, cacheFolder: String? = nil
  ) throws(Problem) -> [CountyBoundary] {
    let (path, boundaryHash) = try boundaryFile(boundariesPath)
    let definition = grid.definition
    let key = SHA256Digest(
      ofUTF8: [
        boundaryHash, definition.region.codes.joined(separator: " "), "\(CountyBoundary.encodingVersion)",
      ].joined(separator: "|"))
    let folder = cacheFolder ?? "\(self.cacheFolder)/regions"
    let cached = "\(folder)/\(definition.region.name)-\(key.hex.prefix(16)).boundaries"
    if let bytes = try? Data(contentsOf: URL(filePath: cached)),
      let boundaries = CountyBoundary.decoded(Array(bytes))
    {
      return boundaries
    }
    let boundaries = try read(path, grid, reference: nil, places: nil)
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // A cache that cannot be written costs time, nothing else.
    try? Data(CountyBoundary.encoded(boundaries)).write(to: URL(filePath: cached), options: .atomic)
    return boundaries
  }

  private static func boundaryFile(_ named: String?) throws(Problem) -> (path: String, hash: String) {
    guard let path = named ?? defaultBoundaries else {
      throw Problem(
        "there are no county boundaries",
        remedy: "run tools/setup, or name a file of your own with HOTGRID_BOUNDARIES or 'hotgrid ingest boundaries'")
    }
    do { return (path, hash(try Data(contentsOf: URL(filePath: path), options: .alwaysMapped))) } catch {
      throw Problem("cannot read \(path): \(error.localizedDescription)", remedy: "check the path")
    }
  }

  private static func read(
    _ path: String, _ grid: Grid, reference: CoordinateReference?, places: PlaceDirectory?
  ) throws(Problem) -> [CountyBoundary] {
    let definition = grid.definition
    let boundaries = try BoundaryFile.read(path: path, reference: reference, places: places)
      .filter { definition.includes($0.county) }
    guard !boundaries.isEmpty else {
      throw Problem(
        "\(path) has none of the counties of \(definition.region.name)",
        remedy: "check the codes in the file, or the region's codes in the grid file")
    }
    return boundaries
  }

  /// Bumped when the files beside a kept region change.
  private static let layoutVersion = 2

  /// What the places add to a region: names and cities of counties whose file has none.
  private static func names(_ places: PlaceDirectory?) -> String {
    (places?.currentCounties ?? []).map { "\($0.code),\($0.name),\($0.cityCode),\($0.cityName),\($0.provinceName)" }
      .joined(separator: ";")
  }

  /// A repair as it is kept beside the region.
  private struct KeptRepair: Codable {
    let code: String
    let reason: String
    let areaBefore: Double
    let areaAfter: Double
  }

  /// A cache that cannot be written costs time, nothing else. The repairs go first: a region without them is not used.
  private static func keep(_ region: Region, _ repairs: [RingRepair], at path: String, folder: String) {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let kept = repairs.map {
      KeptRepair(code: $0.county.code, reason: $0.reason, areaBefore: $0.areaBefore, areaAfter: $0.areaAfter)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let text = try? encoder.encode(kept) else { return }
    do {
      try text.write(to: URL(filePath: path + ".repairs.json"), options: .atomic)
      try Data(region.encoded()).write(to: URL(filePath: path), options: .atomic)
    } catch { return }
  }

  /// - Throws: for a file that is not there, is damaged or names a county that the region does not have.
  private static func readRepairs(_ path: String, counties: [County]) throws -> [RingRepair] {
    let data = try Data(contentsOf: URL(filePath: path + ".repairs.json"))
    return try JSONDecoder().decode([KeptRepair].self, from: data).map { kept in
      guard let county = counties.first(where: { $0.code == kept.code }) else {
        throw Problem("a repair of an unknown county", remedy: "build the region anew")
      }
      return RingRepair(
        county: county, reason: kept.reason, areaBefore: kept.areaBefore, areaAfter: kept.areaAfter)
    }
  }

  private static func hash(_ data: Data) -> String {
    var hasher = SHA256Hasher()
    data.withUnsafeBytes { hasher.update($0) }
    return hasher.finish().hex
  }
}
