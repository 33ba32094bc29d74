public import Diagnostics
internal import Foundation

/// What a table or a map says of itself: program and version, method, seed, how many cells were tested and in how many of
/// those written nothing was observed.
///
/// It lies beside a file as `FILE.meta.json`, is in the `--json` summary of the verb, and in the description of a map's
/// layer where the format has one: readers of the file itself need not know of it.
public struct MapStatement: Hashable, Sendable, Codable {
  /// A file that was read.
  public struct Input: Hashable, Sendable, Codable {
    /// Its name without folders.
    public let file: String
    /// SHA-256 of its bytes, hexadecimal; `nil` for standard input.
    public let sha256: String?

    public init(file: String, sha256: String?) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// Which program wrote the file.
  public var program = "hotgrid"
  /// Of that program when it wrote.
  public var version = ProgramVersion.text
  /// Such as `detect gi-star`.
  public var verb: String
  /// In words.
  public var method: String
  /// The page that explains it, such as `docs/methods/gi-star.md`; empty where there is none.
  public var page: String
  /// Every choice that changes the numbers, as its option takes it.
  public var settings: [String: String]
  /// `nil` where nothing is random.
  public var seed: String?
  /// Periods of the file, tested together or one by one.
  public var periods: Int
  /// Cells written, counted once per period that is tested by itself.
  public var cells: Int
  /// Of these, those with a score, a rank or a class.
  public var tested: Int
  /// Of these, those in which nothing was observed (coverage 0): their values are estimates from other cells.
  public var interpolatedOnly: Int
  /// Cells that were not tested, per reason.
  public var untested: [String: Int]
  /// In the order they were read.
  public var inputs: [Input]

  enum CodingKeys: String, CodingKey {
    case program, version, verb, method, page, settings, seed, periods, inputs
    case cells = "cells_written"
    case tested = "cells_tested"
    case interpolatedOnly = "cells_interpolated_only"
    case untested = "cells_not_tested"
  }

  /// A statement that counts no cells yet.
  public init(verb: String, method: String, page: String, settings: [String: String] = [:], seed: String? = nil) {
    self.verb = verb
    self.method = method
    self.page = page
    self.settings = settings
    self.seed = seed
    periods = 0
    cells = 0
    tested = 0
    interpolatedOnly = 0
    untested = [:]
    inputs = []
  }

  /// One paragraph for the description of a layer.
  public var text: String {
    let choices = settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return
      "\(method)\(choices.isEmpty ? "" : " (\(choices))"). \(tested) of \(cells) cells tested, \(interpolatedOnly) "
      + "interpolated only, \(periods) period\(periods == 1 ? "" : "s"). "
      + "\(program) \(version), \(verb)\(seed.map { ", seed \($0)" } ?? ", nothing random"). Leads, not verdicts."
  }

  /// Name and value for formats that keep tags, such as GeoTIFF.
  public var tags: [(key: String, value: String)] {
    [
      ("HOTGRID_VERSION", version), ("HOTGRID_VERB", verb), ("HOTGRID_METHOD", method), ("HOTGRID_SEED", seed ?? ""),
      ("HOTGRID_CELLS_WRITTEN", "\(cells)"), ("HOTGRID_CELLS_TESTED", "\(tested)"),
      ("HOTGRID_CELLS_INTERPOLATED_ONLY", "\(interpolatedOnly)"),
    ] + settings.sorted { $0.key < $1.key }.map { ("HOTGRID_SETTING_\($0.key.uppercased())", $0.value) }
  }

  /// What lies beside the file; the same names and values as `Codable` gives, in an order for readers.
  public var jsonValue: JSONValue {
    func sorted(_ settings: [String: String]) -> JSONValue {
      .object(settings.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
    }
    let keys = CodingKeys.self
    var members: [(CodingKeys, JSONValue)] = [
      (keys.program, .string(program)), (keys.version, .string(version)), (keys.verb, .string(verb)),
      (keys.method, .string(method)), (keys.page, .string(page)), (keys.settings, sorted(settings)),
    ]
    if let seed { members.append((keys.seed, .string(seed))) }
    members += [
      (keys.periods, .whole(periods)), (keys.cells, .whole(cells)), (keys.tested, .whole(tested)),
      (keys.interpolatedOnly, .whole(interpolatedOnly)),
      (keys.untested, .object(untested.sorted { $0.key < $1.key }.map { ($0.key, .whole($0.value)) })),
      (
        keys.inputs,
        .array(
          inputs.map { input in
            .object([("file", .string(input.file))] + (input.sha256.map { [("sha256", .string($0))] } ?? []))
          })
      ),
    ]
    return .object(members.map { ($0.0.stringValue, $0.1) })
  }

  /// Where the statement of a file lies.
  public static func path(beside path: String) -> String { "\(path).meta.json" }

  /// Writes the statement beside a file; does nothing for standard output.
  public func write(beside path: String) throws(Problem) {
    guard path != "-", path != "/dev/stdout", path != "/dev/null" else { return }
    var file = try OutputFile(path: Self.path(beside: path))
    try file.write(jsonValue.indentedText + "\n")
    try file.commit()
  }

  /// The statement beside a file. - Returns: `nil` where there is none.
  ///
  /// - Throws: `Problem` for a file of that name that is no statement.
  public static func read(beside path: String) throws(Problem) -> MapStatement? {
    let own = Self.path(beside: path)
    guard path != "-", let data = FileManager.default.contents(atPath: own) else { return nil }
    do { return try JSONDecoder().decode(MapStatement.self, from: data) } catch {
      throw Problem("\(own) is no statement of hotgrid", remedy: "remove it, or make the file again")
    }
  }
}
