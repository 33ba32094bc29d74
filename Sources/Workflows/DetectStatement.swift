internal import Diagnostics
internal import Export
internal import Foundation
internal import Grids
internal import Hotspots
internal import SpatialStatistics
internal import Surfaces

extension MapStatement {
  /// A statement about files that were read.
  ///
  /// - Parameter paths: `-` is standard input, which has no hash.
  init(
    verb: String, method: String, page: String, settings: [String: String] = [:], seed: String? = nil,
    inputPaths paths: [String]
  ) throws {
    self.init(verb: verb, method: method, page: page, settings: settings, seed: seed)
    inputs = try paths.map { path in
      guard path != "-" else { return Input(file: "standard input", sha256: nil) }
      return Input(file: URL(filePath: path).lastPathComponent, sha256: try regularFileHash(path))
    }
  }

  /// Counts cells of a series that is judged as a whole: those without a reason were tested, and a cell that no field
  /// observed is interpolated only.
  mutating func count(series fields: [CellField], untested: [String: Int]) {
    let found = MapStatement.cells(of: fields)
    cells = found.cells
    interpolatedOnly = found.neverObserved
    self.untested = untested
    tested = cells - untested.values.reduce(0, +)
  }

  /// Cells of some fields, and those of them in which none observed anything.
  static func cells(of fields: [CellField]) -> (cells: Int, neverObserved: Int) {
    var observed: Set<CellID> = []
    var all: Set<CellID> = []
    for field in fields {
      for slot in field.cells.indices {
        all.insert(field.cells[slot])
        // A coverage that is not known (NaN) is no sign of interpolation.
        if field.coverages[slot] != 0 { observed.insert(field.cells[slot]) }
      }
    }
    return (all.count, all.count - observed.count)
  }
}

/// SHA-256 of a file's bytes, hexadecimal. - Returns: `nil` for what is no regular file, such as a pipe.
private func regularFileHash(_ path: String) throws -> String? {
  let attributes = try? FileManager.default.attributesOfItem(atPath: URL(filePath: path).resolvingSymlinksInPath().path)
  guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
  return try fileHash(path, progress: SilentProgress()).sha256
}

extension LocalStatistic {
  /// The verb that asks for it.
  var verb: String {
    switch self {
    case .giStar: "detect gi-star"
    case .gi: "detect gi"
    case .moran: "detect moran"
    case .bivariateMoran: "detect bivariate"
    case .geary: "detect geary"
    }
  }

  /// What it is called in words.
  var words: String {
    switch self {
    case .giStar: "Getis and Ord's Gi*"
    case .gi: "Getis and Ord's Gi"
    case .moran: "local Moran's I"
    case .bivariateMoran: "bivariate local Moran's I"
    case .geary: "local Geary's c"
    }
  }
}

extension HotspotOptions {
  /// Every choice that changes numbers, as the options of `detect` take it.
  ///
  /// - Parameters:
  ///   - weights: Name of the file of neighbours in place of the neighbourhood.
  ///   - background: Of a residual; `nil` where values are tested as they are.
  func settings(weights: String? = nil, background: FieldBackground? = nil) -> [String: String] {
    var settings = [
      "null": null.rawValue, "bin-by": binBy.rawValue, "alternative": alternative.rawValue,
      "correction": correction.rawValue, "permutations": "\(permutations)",
      "field": background.map { "residual \($0.rule.description)" } ?? "value",
    ]
    if let weights {
      settings["weights"] = URL(filePath: weights).lastPathComponent
    } else {
      settings["neighbourhood"] = neighbourhood.description
    }
    if permutations > 0 { settings["draws"] = independentPermutations ? "independent per cell" : "shared by all cells" }
    return settings
  }
}
