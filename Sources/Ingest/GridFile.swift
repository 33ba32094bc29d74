public import Diagnostics
internal import Foundation
public import Grids
internal import Yams

/// Reads grid files (`grids/*.yml`).
public enum GridFile {
  private static let known: Set<String> = ["name", "crs", "origin", "levels_metres", "region"]

  /// - Returns: The grid, and the file word for word.
  /// - Throws: `Problem` (usage) for a file that is not there, not YAML, has unknown or missing keys or makes no lattice.
  public static func read(path: String) throws(Problem) -> (grid: Grid, text: String) {
    let text: String
    do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
      throw Problem(
        "cannot read the grid file \(path): \(error.localizedDescription)",
        remedy: "name a grid file such as grids/2p26.yml", exitStatus: .usage)
    }
    return (try parse(text, file: path), text)
  }

  /// Reads a grid from the text of a grid file. - Parameter file: What errors call it.
  public static func parse(_ text: String, file: String) throws(Problem) -> Grid {
    let definition: GridDefinition
    do {
      if let keys = try Yams.load(yaml: text) as? [String: Any],
        let unknown = keys.keys.sorted().first(where: { !known.contains($0) })
      {
        throw Problem(
          "unknown key \(unknown)", at: SourcePlace(file: file),
          remedy: "use \(known.sorted().joined(separator: ", "))", exitStatus: .usage)
      }
      definition = try YAMLDecoder().decode(GridDefinition.self, from: text)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(
        describe(error), at: SourcePlace(file: file), remedy: "compare it with grids/2p26.yml", exitStatus: .usage)
    }
    return try Grid(definition: definition)
  }

  private static func describe(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "the key \(key.stringValue) is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context),
      DecodingError.valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
    default: "not a grid file: \(error)"
    }
  }
}
