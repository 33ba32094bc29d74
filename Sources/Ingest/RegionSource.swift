public import Diagnostics
internal import Digests
internal import Foundation
public import Geometry
public import Grids

/// Finds county boundaries and the regions made from them, and keeps what was computed.
public enum RegionSource {
  /// A region with what had to be repaired when it was built; no repairs are told of a cached one.
  public struct Outcome: Sendable {
    public let region: Region
    public let repairs: [RingRepair]
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
    guard let path = boundariesPath ?? defaultBoundaries else {
      throw Problem(
        "there are no county boundaries",
        remedy: "run tools/setup, or name a file of your own with HOTGRID_BOUNDARIES or 'hotgrid ingest boundaries'")
    }
    let lattice = try grid.lattice(sizeMetres: sizeMetres)
    let data: Data
    do { data = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped) } catch {
      throw Problem("cannot read \(path): \(error.localizedDescription)", remedy: "check the path")
    }
    let boundaryHash = hash(data)
    let definition = grid.definition
    let key = SHA256Digest(
      ofUTF8: [
        boundaryHash, reference?.description ?? "", definition.crs, "\(definition.origin)", "\(sizeMetres)",
        definition.region.codes.joined(separator: " "), "\(Region.encodingVersion)",
      ].joined(separator: "|"))
    let folder = cacheFolder ?? "\(self.cacheFolder)/regions"
    let cached = "\(folder)/\(definition.region.name)-\(sizeMetres)-\(key.hex.prefix(16)).region"
    if let bytes = try? Data(contentsOf: URL(filePath: cached)), let region = Region(decoding: Array(bytes)) {
      return Outcome(region: region, repairs: [], isFromCache: true, boundaryHash: boundaryHash)
    }
    let boundaries = try BoundaryFile.read(path: path, reference: reference, places: places)
      .filter { definition.includes($0.county) }
    guard !boundaries.isEmpty else {
      throw Problem(
        "\(path) has none of the counties of \(definition.region.name)",
        remedy: "check the codes in the file, or the region's codes in the grid file")
    }
    let built = RegionBuilder.build(
      name: definition.region.name, lattice: lattice, projection: grid.projection, boundaries: boundaries)
    keep(built.region, at: cached, folder: folder)
    return Outcome(region: built.region, repairs: built.repairs, isFromCache: false, boundaryHash: boundaryHash)
  }

  /// A cache that cannot be written costs time, nothing else.
  private static func keep(_ region: Region, at path: String, folder: String) {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? Data(region.encoded()).write(to: URL(filePath: path), options: .atomic)
  }

  private static func hash(_ data: Data) -> String {
    var hasher = SHA256Hasher()
    data.withUnsafeBytes { hasher.update($0) }
    return hasher.finish().hex
  }
}
